// Package auth tells who calls: bearer tokens from a file of hashes, client
// certificates of an authority, and the server's own certificate. All files are
// read again when they change.
package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Roles of callers.
const (
	RoleWrite = "write"
	RoleRead  = "read-only"
)

// Caller is who sent a request.
type Caller struct {
	Name     string
	ReadOnly bool
}

// HashToken is what a token file holds of a token. Tokens are long and random,
// so a plain hash is enough.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// NewToken makes a token up.
func NewToken() string {
	var raw [32]byte
	_, _ = rand.Read(raw[:])
	return "drey_" + base64.RawURLEncoding.EncodeToString(raw[:])
}

// tokens are callers by the hash of their token.
type tokens map[string]Caller

var errNoTokens = errors.New("has no token: want lines of NAME, ROLE and sha256:HASH")

// readTokens reads lines of name, role and hash; # begins a comment. A line
// that is wrong is left out. Errors name the line, never what stands in it.
func readTokens(path string) (tokens, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	all := tokens{}
	var wrong []error
	for i, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		caller, hash, err := parseToken(fields)
		if _, twice := all[hash]; twice && err == nil {
			err = errors.New("the token stands there twice")
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s, line %d: %w", path, i+1, err))
			continue
		}
		all[hash] = caller
	}
	if len(all) == 0 && len(wrong) == 0 {
		return nil, &unreadableError{fmt.Errorf("%s %w", path, errNoTokens)}
	}
	return all, errors.Join(wrong...)
}

func parseToken(fields []string) (Caller, string, error) {
	if len(fields) != 3 {
		return Caller{}, "", fmt.Errorf("want NAME, ROLE and sha256:HASH, got %d words", len(fields))
	}
	name, role, hash := fields[0], fields[1], strings.ToLower(fields[2])
	if role != RoleWrite && role != RoleRead {
		return Caller{}, "", fmt.Errorf("role: want %s or %s", RoleWrite, RoleRead)
	}
	digits, ok := strings.CutPrefix(hash, "sha256:")
	if raw, err := hex.DecodeString(digits); !ok || err != nil || len(raw) != sha256.Size {
		return Caller{}, "", errors.New("hash: want sha256: and 64 hex digits")
	}
	return Caller{Name: name, ReadOnly: role == RoleRead}, hash, nil
}
