package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// settings are what the configuration file, the environment and flags say; the
// file's keys are the flags' names. The file is only read, never written.
type settings struct {
	URL         string              `yaml:"url"`
	CAPath      string              `yaml:"certificate-authority-path"`
	CertPath    string              `yaml:"client-cert-path"`
	KeyPath     string              `yaml:"client-key-path"`
	TokenFile   string              `yaml:"token-file"`
	Environment string              `yaml:"environment"`
	ReadOnly    bool                `yaml:"read-only"`
	Theme       string              `yaml:"theme"`
	ASCII       bool                `yaml:"ascii"`
	Keys        map[string][]string `yaml:"keys"`

	standardRenderer bool
	themeFromFile    bool
	token            string
}

// envNames are the variables of the connection flags (cmf-behaviour.md §7).
var envNames = map[string]string{
	"url":                        "CONFLUENT_CMF_URL",
	"certificate-authority-path": "CONFLUENT_CMF_CERTIFICATE_AUTHORITY_PATH",
	"client-cert-path":           "CONFLUENT_CMF_CLIENT_CERT_PATH",
	"client-key-path":            "CONFLUENT_CMF_CLIENT_KEY_PATH",
	"token-file":                 "DREY_TOKEN_FILE",
}

func (s *settings) connectionFlags(f *pflag.FlagSet) {
	f.StringVar(&s.URL, "url", "", "address of the CMF server, such as http://localhost:8080")
	f.StringVar(&s.CAPath, "certificate-authority-path", "", "PEM file of the authority that signed the server's certificate")
	f.StringVar(&s.CertPath, "client-cert-path", "", "PEM file of the client's certificate, for mutual TLS")
	f.StringVar(&s.KeyPath, "client-key-path", "", "PEM file of the client's key")
	f.StringVar(&s.TokenFile, "token-file", "", "file with a bearer token (or the token in DREY_TOKEN)")
	f.BoolVar(&s.ReadOnly, "read-only", false, "send no request that changes anything")
}

func (s *settings) consoleFlags(f *pflag.FlagSet) {
	f.StringVarP(&s.Environment, "environment", "e", "", "environment to begin in")
	f.StringVar(&s.Theme, "theme", "", "dark, light or 16")
	f.BoolVar(&s.ASCII, "ascii", false, "draw with ASCII characters only")
	f.BoolVar(&s.standardRenderer, "standard-renderer", false, "use Bubble Tea's own renderer")
}

// configPath is where the configuration file is looked for.
func configPath(getenv func(string) string) string {
	return filepath.Join(baseDir(getenv, "XDG_CONFIG_HOME", ".config"), "drey", "config.yaml")
}

// stateDir keeps drafts, history and the log.
func stateDir(getenv func(string) string) string {
	return filepath.Join(baseDir(getenv, "XDG_STATE_HOME", filepath.Join(".local", "state")), "drey")
}

// baseDir is an XDG base directory. The environment is a parameter here, which
// is why adrg/xdg, which reads it at its own start, does not serve.
func baseDir(getenv func(string) string, name, fallback string) string {
	if dir := getenv(name); filepath.IsAbs(dir) {
		return dir
	}
	home := getenv("HOME")
	if home == "" {
		home, _ = os.UserHomeDir()
	}
	return filepath.Join(home, fallback)
}

// load fills in what no flag set: from the environment, else from the file.
func (s *settings) load(flags *pflag.FlagSet, getenv func(string) string) error {
	file, err := readConfig(configPath(getenv))
	if err != nil {
		return usageError{err}
	}
	fromFile := file.texts()
	for name, target := range s.texts() {
		if !flags.Changed(name) {
			*target = firstOf(getenv(envNames[name]), *fromFile[name], *target)
		}
	}
	s.ReadOnly = s.ReadOnly || (file.ReadOnly && !flags.Changed("read-only"))
	s.ASCII = s.ASCII || (file.ASCII && !flags.Changed("ascii"))
	s.Keys = file.Keys
	s.themeFromFile = s.Theme != "" && !flags.Changed("theme")
	return nil
}

// texts are the settings that are plain text, by their flags' names.
func (s *settings) texts() map[string]*string {
	return map[string]*string{
		"url": &s.URL, "certificate-authority-path": &s.CAPath, "client-cert-path": &s.CertPath,
		"client-key-path": &s.KeyPath, "token-file": &s.TokenFile, "environment": &s.Environment, "theme": &s.Theme,
	}
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// loadToken reads the bearer token; a flag's value never holds one.
func (s *settings) loadToken(getenv func(string) string) error {
	if s.TokenFile == "" {
		s.token = getenv("DREY_TOKEN")
		return nil
	}
	data, err := os.ReadFile(s.TokenFile)
	if err != nil {
		return fmt.Errorf("token file: %w", err)
	}
	s.token = strings.TrimSpace(string(data))
	if s.token == "" || strings.ContainsAny(s.token, " \t\r\n") {
		return fmt.Errorf("token file %s: want one token and nothing else", s.TokenFile)
	}
	return nil
}

// readConfig reads the file strictly: an unknown key is an error that names
// the file and the line. A file that is not there is an empty one.
func readConfig(path string) (*settings, error) {
	s := &settings{}
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(s); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("configuration %s", configProblem(path, err))
	}
	return s, nil
}
