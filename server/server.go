// Package server hosts Confluent's CMF REST API on an engine of its own: it
// owns the listener, the data folder and every goroutine.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"drey/server/auth"
	"drey/server/control"
	"drey/server/engine"
	"drey/server/httpapi"
	"drey/server/metrics"
	"drey/server/model"
	"drey/server/service"
	"drey/server/store"

	"golang.org/x/sync/errgroup"
)

// APIVersion is the version of CMF's API that is served.
const APIVersion = "2.3.1"

// InUseError says that another process serves the data folder.
type InUseError = store.InUseError

// Config says where to listen and where the data are.
type Config struct {
	Listen string // host:port; port 0 takes a free one
	// Listener serves instead of Listen, which still says its address; the
	// server closes it.
	Listener net.Listener
	Data     string // the folder, made where it is missing
	// Throwaway does without waiting for the disk: the folder is gone with the
	// process.
	Throwaway bool
	// AllowRemote permits addresses that are not loopback without
	// authentication: whoever reaches the port may do everything.
	AllowRemote bool
	// AllowedHosts are the names that such a server may be called by; none: the
	// machine's own name and addresses.
	AllowedHosts []string
	// TokenFile has lines of a name, a role (write or read-only) and the hash
	// of a bearer token (auth.HashToken). ClientCA has the authorities of
	// client certificates; Readers are common names that may only read. With
	// either, every caller must be known.
	TokenFile string
	ClientCA  string
	// Where there are Writers, only certificates of those names may write.
	Readers []string
	Writers []string
	// TLSCert and TLSKey are PEM files, read again when they change.
	TLSCert, TLSKey string
	Log             *slog.Logger     // nil: nothing is logged
	Now             func() time.Time // nil: time.Now
	Revision        string           // of drey, told by system-information
	// Files are the folders that tables with the connector filesystem may read
	// and write; none: such tables are refused.
	Files []string
	// SecretKey encrypts secrets: 16, 24 or 32 bytes in base64 or hex. When it
	// is empty the key is read from SecretKeyFile, and when that is empty too
	// from DATA/secret.key, which is then made where it is missing.
	SecretKey     string
	SecretKeyFile string
	// ResultsExpiry is how long results of a statement can be read after its
	// end; 0: an hour.
	ResultsExpiry time.Duration
	// StatementResults and StatementState bound the bytes that the results and
	// the operators of one statement hold, StatementsMemory those of all
	// statements together, on the embedded engine; 0: 64, 256 and 512 MB.
	StatementResults, StatementState, StatementsMemory int64
	// Engine runs applications and statements: EngineEmbedded or EngineFlink.
	Engine string
	Flink  Flink
}

// Server is an open data folder and a listener.
type Server struct {
	config   Config
	store    *store.Store
	engine   engine.Engine
	service  *service.Service
	auth     *auth.Auth
	api      *httpapi.API
	metrics  metrics.Registry
	loop     *control.Loop
	webUI    *httpapi.WebUI
	listener net.Listener
	url      string
	notices  []string
}

// ErrRemote refuses an address that is not loopback.
var ErrRemote = errors.New(
	"refused: the address is not loopback and nobody would be asked who they are; give a token file or a client " +
		"authority, or allow it",
)

// Open takes the data folder and the port. A folder in use is an *InUseError.
// Requests are answered once Run runs.
func Open(ctx context.Context, config Config) (*Server, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{config: config}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) open(ctx context.Context) error {
	loopback, err := isLoopback(ctx, s.config.Listen)
	if err != nil {
		return err
	}
	if s.auth, err = auth.New(s.authConfig()); err != nil {
		return err
	}
	if !loopback && !s.config.AllowRemote && !s.auth.Required() {
		return fmt.Errorf("listen on %s: %w", s.config.Listen, ErrRemote)
	}
	if !loopback && s.config.TokenFile != "" && s.config.TLSCert == "" {
		s.notices = append(
			s.notices, "warning: tokens are sent in the clear on "+s.config.Listen+": give --tls-cert and --tls-key",
		)
	}
	if err := s.openStore(ctx); err != nil {
		return err
	}
	engine, err := s.newEngine()
	if err != nil {
		return err
	}
	s.engine, s.webUI = metrics.Engine(engine, &s.metrics), s.config.webUI(engine)
	s.watchMemory(engine)
	sealer, err := s.sealer()
	if err != nil {
		return err
	}
	s.service = service.New(service.Options{
		Store: s.store, Engine: s.engine, Now: s.config.Now,
		Version: APIVersion, Revision: s.config.Revision, Secret: s.store.Secret(),
		Sealer: sealer, ResultsExpiry: s.config.ResultsExpiry,
	})
	if err := errors.Join(s.checkKey(ctx), s.service.EnsureCluster(ctx)); err != nil {
		return err
	}
	s.api = httpapi.New(s.apiOptions(loopback))
	s.loop = control.New(control.Options{Queue: s.store, Engine: s.engine, Now: s.config.Now, Log: s.config.Log})
	return s.listen(ctx)
}

func (s *Server) openStore(ctx context.Context) (err error) {
	if err := s.checkFolder(); err != nil {
		return err
	}
	var options []store.Option
	if s.config.Throwaway {
		options = append(options, store.WithoutSync())
	}
	s.store, err = store.Open(ctx, s.config.Data, options...)
	return err
}

// listen takes the port, unless the configuration brought a listener.
func (s *Server) listen(ctx context.Context) error {
	listener := s.config.Listener
	if listener == nil {
		var err error
		if listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", s.config.Listen); err != nil {
			return fmt.Errorf("listen: %w", err)
		}
	}
	config, scheme := s.auth.TLS(), "http://"
	if config != nil {
		scheme = "https://"
	}
	s.listener, s.url = jsonErrors{listener, config}, scheme+listener.Addr().String()
	return nil
}

func (s *Server) authConfig() auth.Config {
	c := s.config
	return auth.Config{
		TokenFile: c.TokenFile, ClientCA: c.ClientCA, Readers: c.Readers, Writers: c.Writers, CertFile: c.TLSCert,
		KeyFile: c.TLSKey, Log: c.Log,
	}
}

func (s *Server) apiOptions(loopback bool) httpapi.Options {
	o := httpapi.Options{
		Service: s.service, Log: s.config.Log, LoopbackOnly: loopback, Metrics: &s.metrics, WebUI: s.webUI,
	}
	switch {
	case s.auth.Required():
		o.Authenticate, o.LoopbackOnly, o.Refused = s.auth.Authenticate, false, s.auth.Refused
	case !loopback:
		o.AllowedHost = allowedHosts(s.config.Listen, s.config.AllowedHosts)
	}
	return o
}

func isLoopback(ctx context.Context, address string) (bool, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false, fmt.Errorf("listen address %q: want host:port", address)
	}
	if host == "" {
		return false, nil
	}
	ips, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if err != nil {
		return false, fmt.Errorf("listen address %q: %w", address, err)
	}
	for _, ip := range ips {
		if !ip.IP.IsLoopback() {
			return false, nil
		}
	}
	return true, nil
}

// URL is where the server listens, such as http://127.0.0.1:8080.
func (s *Server) URL() string { return s.url }

// Engine is what the engine says of itself.
func (s *Server) Engine() engine.Info { return s.engine.Info() }

// Handler is the API, for tests that need no listener.
func (s *Server) Handler() http.Handler { return s.api }

// Service answers what Handler serves.
func (s *Server) Service() *service.Service { return s.service }

// Parts are the open store and the engine, for filling them before Run.
func (s *Server) Parts() (model.Store, engine.Engine) { return s.store, s.engine }

// Fill runs fn, which writes thousands of rows by update, with more memory for
// writing; the server may run meanwhile.
func (s *Server) Fill(ctx context.Context, fn func(update model.Updater) error) error {
	return s.store.Fill(ctx, fn)
}

// Now is the server's time.
func (s *Server) Now() time.Time { return s.config.Now() }

// shutdownTime is for requests that are being answered; the engine may take
// about three seconds more.
const shutdownTime = 1500 * time.Millisecond

// Loop is what makes the observed state follow the desired one, for who moves the time.
func (s *Server) Loop() *control.Loop { return s.loop }

// Listener is what Run listens on.
func (s *Server) Listener() net.Listener { return s.listener }

// Web is the HTTP server that Run serves with: clients that are slow to say what they want are cut
// off, so that they hold up nothing.
func (s *Server) Web() *http.Server {
	return &http.Server{
		Handler:           s.api,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      120 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.config.Log.Handler(), slog.LevelDebug),
	}
}

// Run answers requests and reconciles until the context ends, then finishes
// what is being answered and closes the server. Jobs stay as they are and are
// taken up by the next Open.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	web := s.Web()
	group.Go(func() error {
		if err := web.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		if err := web.Shutdown(limited); err != nil {
			return errors.Join(web.Close(), ignoreDeadline(err))
		}
		return nil
	})
	group.Go(func() error {
		if err := s.loop.Run(ctx); err != nil && ctx.Err() == nil {
			return fmt.Errorf("control: %w", err)
		}
		return nil
	})
	return errors.Join(group.Wait(), s.Close())
}

func ignoreDeadline(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// Close frees port and folder of a server that does not run. Run does it at
// its end; a second Close does nothing.
func (s *Server) Close() error {
	var errs []error
	if s.listener == nil && s.config.Listener != nil {
		s.listener = s.config.Listener // opening failed before it was taken
	}
	if s.listener != nil {
		if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
		s.listener = nil
	}
	if s.engine != nil {
		errs = append(errs, s.engine.Close())
		s.engine = nil
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
		s.store = nil
	}
	return errors.Join(errs...)
}
