package objects

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"drey/client/ccloudapi"
	"drey/views/diff"
)

// WithDiff says what somebody else changed where a change met that each time.
func WithDiff(err error) error {
	var conflict *ccloudapi.ConflictError
	if !errors.As(err, &conflict) {
		return err
	}
	if text := differences(conflict.First, conflict.Last); text != "" {
		return fmt.Errorf("%w; changed meanwhile: %s", err, text)
	}
	return err
}

// differences are the members of a statement that differ, but for those that change
// with every write.
func differences(was, is json.RawMessage) string {
	a, err := diff.Parse(was)
	if err != nil {
		return ""
	}
	b, err := diff.Parse(is)
	if err != nil {
		return ""
	}
	var lines []string
	for _, e := range diff.Compare(a, b, diff.SecretPath) {
		path := e.Path.String()
		if e.Kind == diff.Same || path == "metadata.resource_version" || path == "metadata.updated_at" {
			continue
		}
		lines = append(lines, fmt.Sprintf("%s %s → %s", path, cmp.Or(e.Left, "nothing"), cmp.Or(e.Right, "nothing")))
	}
	return strings.Join(lines, ", ")
}
