package server

import (
	"fmt"
	"path/filepath"

	"drey/server/engine"
	"drey/server/engine/embedded"
	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/flink"
	"drey/server/engine/flink/rest"
	"drey/server/httpapi"
)

// The engines that Config.Engine names; none is EngineEmbedded.
const (
	EngineEmbedded = "embedded"
	EngineFlink    = "flink"
)

// Flink says where a real Flink is, for EngineFlink.
type Flink struct {
	REST, SQLGateway string   // addresses
	Jars             string   // the folder that local:// jars are below
	JarHosts         []string // that jars are fetched from
	Savepoints       string   // URI of the folder of savepoints
	// WebUIWrites lets requests through flink-web-ui that change jobs.
	WebUIWrites bool
	// User and Password, or Token, are who we are at both addresses; CA is a
	// PEM file of the authority that signed their certificates.
	User, Password, Token, CA string
}

// newEngine opens the engine over the data folder; each has its own files.
func (s *Server) newEngine() (engine.Engine, error) {
	c := s.config
	switch c.Engine {
	case "", EngineEmbedded:
		return embedded.New(embedded.Options{
			Dir: filepath.Join(c.Data, "engine"), Now: c.Now, Tables: s.store, Files: c.Files, Log: c.Log,
			Memory: memory.Limits{Results: c.StatementResults, State: c.StatementState, All: c.StatementsMemory},
		})
	case EngineFlink:
		endpoint := func(url string) rest.Endpoint {
			return rest.Endpoint{
				URL: url, User: c.Flink.User, Password: c.Flink.Password, Token: c.Flink.Token, CA: c.Flink.CA,
			}
		}
		return flink.New(flink.Options{
			Dir: filepath.Join(c.Data, "flink"), REST: endpoint(c.Flink.REST), Gateway: endpoint(c.Flink.SQLGateway),
			Jars: c.Flink.Jars, JarHosts: c.Flink.JarHosts, Savepoints: c.Flink.Savepoints, Tables: s.store,
			Now: c.Now, Log: c.Log,
		})
	}
	return nil, fmt.Errorf("engine %q: there are %s and %s", c.Engine, EngineEmbedded, EngineFlink)
}

// watchMemory has /metrics tell what statements hold.
func (s *Server) watchMemory(engine engine.Engine) {
	if e, ok := engine.(*embedded.Engine); ok {
		s.metrics.Memory = func() (results, state, limit int64) {
			m := e.Memory()
			return m.Results, m.State, m.Limit
		}
	}
}

// webUI is where the jobs of an engine are shown; nil: nowhere.
func (c Config) webUI(of engine.Engine) *httpapi.WebUI {
	if viewer, ok := of.(engine.JobViewer); ok {
		return &httpapi.WebUI{View: viewer.ViewJob}
	}
	f, ok := of.(*flink.Engine)
	if !ok {
		return nil
	}
	url, transport := f.Web()
	return &httpapi.WebUI{URL: url, Transport: transport, Job: f.StatementJob, Writes: c.Flink.WebUIWrites}
}
