package server

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"drey/server/service/seal"
)

// keySize is that of a key which is made up: AES-256.
const keySize = 32

// sealer takes the key for secrets from the configuration, or from a file,
// which is made where there is none. The file belongs beside no backup of the
// data folder: who has both can read the secrets.
func (s *Server) sealer() (*seal.Sealer, error) {
	if s.config.SecretKey != "" {
		key, err := decodeKey(s.config.SecretKey)
		if err != nil {
			return nil, fmt.Errorf("key for secrets: %w", err)
		}
		return seal.NewSealer(key)
	}
	path := s.config.SecretKeyFile
	if path == "" {
		path = filepath.Join(s.config.Data, "secret.key")
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && s.config.SecretKeyFile == "" {
		text, err = makeKey(path)
		s.notices = append(s.notices, "made a key for secrets: "+path+" (keep a copy of it, apart from the data)")
		s.config.Log.Info("made a key for secrets", "file", path)
	}
	if err != nil {
		return nil, fmt.Errorf("key for secrets: %w", err)
	}
	key, err := decodeKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("key for secrets in %s: %w", path, err)
	}
	return seal.NewSealer(key)
}

func makeKey(path string) ([]byte, error) {
	key := make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	text := []byte(base64.StdEncoding.EncodeToString(key) + "\n")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = file.Write(text)
	return text, errors.Join(err, file.Sync(), file.Close())
}

var errKeyForm = errors.New("want 16, 24 or 32 bytes in base64 or hex")

// decodeKey never quotes what it read.
func decodeKey(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	for _, decode := range []func(string) ([]byte, error){
		hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawURLEncoding.DecodeString,
	} {
		key, err := decode(text)
		if err == nil && (len(key) == 16 || len(key) == 24 || len(key) == 32) {
			return key, nil
		}
	}
	return nil, errKeyForm
}

// checkKey refuses to serve secrets that the key does not open.
func (s *Server) checkKey(ctx context.Context) error {
	if err := s.service.CheckSeal(ctx); err != nil {
		return fmt.Errorf(
			"the key for secrets is not the one that they were stored with; give the right key or file: %w", err,
		)
	}
	return nil
}

// Notices are sentences for who started the server, such as where a key is.
func (s *Server) Notices() []string { return s.notices }
