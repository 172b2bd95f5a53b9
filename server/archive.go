package server

import (
	"context"
	"fmt"
	"io"

	"drey/server/archive"
)

// Export writes all objects as YAML, secrets sealed. It needs no Run.
func (s *Server) Export(ctx context.Context, w io.Writer) error {
	if err := archive.Write(ctx, s.store, w); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// Import puts all of an export into a data folder without environments, or
// nothing. The key for secrets must be the one of the export. It returns how
// many objects there were, and is called before Run.
func (s *Server) Import(ctx context.Context, r io.Reader) (int, error) {
	n, err := archive.Read(ctx, s.store, r, s.service.CheckSealIn)
	if err != nil {
		return 0, fmt.Errorf("import: %w", err)
	}
	return n, nil
}
