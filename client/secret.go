package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Secret gives a token or a password whenever it is needed. again tells that the
// one it gave before was refused.
type Secret func(ctx context.Context, again bool) (string, error)

// SecretFile is a secret in a file, which is read again when it changes, and
// after a refusal whatever its time says. what names it in errors: "token". A
// file that cannot be read is an error now; later, half written maybe, it
// changes nothing.
func SecretFile(what, path string) (Secret, error) { return secretFile(what, path, oneLine) }

// ListFile is SecretFile for a list: a value a line.
func ListFile(what, path string) (Secret, error) { return secretFile(what, path, manyLines) }

// form reads what a secret's source holds; false where it is none.
type form func(what, text string) (string, bool)

func secretFile(what, path string, read form) (Secret, error) {
	value, err := readSecret(what, path, read)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	seen := mark(path)
	return func(_ context.Context, again bool) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if now := mark(path); again || now != seen {
			if next, err := readSecret(what, path, read); err == nil {
				value, seen = next, now
			}
		}
		return value, nil
	}, nil
}

func readSecret(what, path string, read form) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s file: %w", what, err)
	}
	value, ok := read(what, string(data))
	if !ok {
		return "", fmt.Errorf("%s file %s: want one %s and nothing else", what, path, what)
	}
	return value, nil
}

// Token is what a secret is called that has no blanks in it, unlike a password.
const Token = "token"

// oneLine is a text without the line's end behind it; false where there is
// nothing, more than one line, or a token of two words.
func oneLine(what, text string) (string, bool) {
	text = strings.TrimSpace(text)
	return text, text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' || r == 0x7f || r == ' ' && what == Token
	})
}

// manyLines is a text of lines; false where there is nothing, or what no line has.
func manyLines(_, text string) (string, bool) {
	text = strings.TrimSpace(text)
	return text, text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && !strings.ContainsRune("\r\n\t", r) || r == 0x7f
	})
}

// SecretVariable is a secret in an environment variable.
func SecretVariable(what, name string, getenv func(string) string) (Secret, error) {
	return secretVariable(what, name, getenv, oneLine)
}

// ListVariable is SecretVariable for a list: a value a line.
func ListVariable(what, name string, getenv func(string) string) (Secret, error) {
	return secretVariable(what, name, getenv, manyLines)
}

func secretVariable(what, name string, getenv func(string) string, read form) (Secret, error) {
	value, ok := read(what, getenv(name))
	if !ok {
		return nil, fmt.Errorf(
			"%s: the environment variable %s is not set to one %s and nothing else", what, name, what,
		)
	}
	return func(context.Context, bool) (string, error) { return value, nil }, nil
}

// How a program that prints a secret is run.
const (
	commandTimeout = 10 * time.Second
	// commandPause is how soon it is run again for another refusal: a server that
	// refuses every token does not make drey run it for each request.
	commandPause = 5 * time.Second
	maxCommand   = 64 << 10 // bytes of what it prints that are read
)

// SecretCommand is a secret that a program prints: run when it is first needed,
// and again after a refusal. It must end in time, write one line to stdout and
// nothing to stderr.
func SecretCommand(what string, argv []string) Secret {
	return newSecretCommand(what, argv, oneLine, "one line on stdout, the "+what+" and nothing else").get
}

// ListCommand is SecretCommand for a list: the program writes a value a line.
func ListCommand(what string, argv []string) Secret {
	return newSecretCommand(what, argv, manyLines, "a value a line on stdout, and nothing else").get
}

func newSecretCommand(what string, argv []string, read form, wants string) *secretCommand {
	return &secretCommand{
		what: what, argv: argv, read: read, wants: wants, turn: make(chan struct{}, 1), timeout: commandTimeout,
	}
}

type secretCommand struct {
	what string
	argv []string
	read form
	// wants is what it should print, for people.
	wants string
	turn  chan struct{} // held by whoever uses the rest

	timeout time.Duration

	value string
	err   error
	ran   time.Time // when it last failed or was run for a refusal
}

func (c *secretCommand) get(ctx context.Context, again bool) (string, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return "", c.unfinished(ctx)
	}
	if c.value != "" && !again {
		return c.value, nil
	}
	if !c.ran.IsZero() && time.Since(c.ran) < commandPause {
		return c.value, c.err
	}
	value, err := c.run(ctx)
	if ctx.Err() != nil {
		return "", c.unfinished(ctx)
	}
	if again || err != nil {
		c.ran = time.Now()
	}
	if c.err = err; err == nil {
		c.value = value
	}
	return c.value, err
}

// unfinished is what is said where whoever wants the secret does not wait any longer: it
// is not the server that was slow.
func (c *secretCommand) unfinished(ctx context.Context) error {
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ctx.Err()
	}
	return fmt.Errorf(
		"%s command %s has not ended yet: run it in a terminal to see what it waits for", c.what,
		filepath.Base(c.argv[0]),
	)
}

func (c *secretCommand) run(ctx context.Context) (string, error) {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	name := filepath.Base(c.argv[0])
	cmd := exec.CommandContext(limited, c.argv[0], c.argv[1:]...)
	endWithChildren(cmd)
	cmd.WaitDelay = time.Second
	stdout, stderr := &limitedBuffer{}, &limitedBuffer{}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err := cmd.Run()
	switch {
	case limited.Err() != nil && ctx.Err() == nil:
		return "", fmt.Errorf(
			"%s command %s did not end within %s: run it in a terminal to see what it waits for", c.what, name,
			c.timeout,
		)
	case err != nil && stderr.Len() > 0:
		return "", fmt.Errorf("%s command %s failed (%w): %s", c.what, name, err, firstLine(stderr.String()))
	case errors.Is(err, exec.ErrNotFound):
		return "", fmt.Errorf("%s command %s: there is no such program", c.what, name)
	case err != nil:
		return "", fmt.Errorf("%s command %s failed: %w", c.what, name, err)
	case stderr.Len() > 0:
		return "", fmt.Errorf(
			"%s command %s wrote to stderr: %s: want the %s on stdout and nothing else", c.what, name,
			firstLine(stderr.String()), c.what,
		)
	}
	value, ok := c.read(c.what, stdout.String())
	if !ok {
		return "", fmt.Errorf(
			"%s command %s: want %s; it printed %s", c.what, name, c.wants, lines(stdout.String()),
		)
	}
	return value, nil
}

// lines counts lines: what they hold may be a secret.
func lines(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return "nothing"
	}
	return fmt.Sprintf("%d lines", 1+strings.Count(text, "\n"))
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return shorten(strings.ToValidUTF8(line, "?"), 200)
}

// limitedBuffer keeps the beginning of what is written to it.
type limitedBuffer struct{ bytes.Buffer }

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if space := maxCommand - b.Len(); space > 0 {
		_, _ = b.Buffer.Write(p[:min(space, len(p))])
	}
	return len(p), nil
}
