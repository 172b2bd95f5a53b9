// Package service is the API's rules: what each kind takes and refuses, its
// defaults, lists and actions. It reads and writes records of package model and
// asks package engine; it knows neither HTTP nor SQL.
package service

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"
	"drey/server/service/seal"
)

// Options are what a Service is made of.
type Options struct {
	Store    model.Store
	Engine   engine.Engine
	Now      func() time.Time
	Version  string       // of the CMF API that is spoken
	Revision string       // of drey
	Secret   []byte       // signs the tokens of result pages; made up when empty
	Sealer   *seal.Sealer // encrypts secrets; with a key that is made up when nil
	// ResultsExpiry is how long results are kept after a run's end; 0: an hour.
	ResultsExpiry time.Duration
}

// Service answers the API's requests.
type Service struct {
	store   model.Store
	engine  engine.Engine
	now     func() time.Time
	options Options
	sealer  *seal.Sealer
	kinds   []Resource
	// planning and executing have a slot for each create whose statement the
	// engine plans, or executes.
	planning, executing chan struct{}
}

// New returns a Service over a store and an engine.
func New(options Options) *Service {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.ResultsExpiry == 0 {
		options.ResultsExpiry = time.Hour
	}
	if len(options.Secret) == 0 {
		options.Secret = make([]byte, 32)
		_, _ = rand.Read(options.Secret)
	}
	if options.Sealer == nil {
		key := make([]byte, 32)
		_, _ = rand.Read(key)
		options.Sealer, _ = seal.NewSealer(key)
	}
	s := &Service{
		store: options.Store, engine: options.Engine, now: options.Now, options: options, sealer: options.Sealer,
		planning: make(chan struct{}, maxPlanning), executing: make(chan struct{}, maxPlanning),
	}
	s.kinds = s.resources()
	return s
}

// resources is the list of kinds that are hosted.
func (s *Service) resources() []Resource {
	return []Resource{
		host(s, environmentRules),
		host(s, applicationRules),
		host(s, instanceRules),
		host(s, eventRules),
		host(s, statementRules),
		host(s, computePoolRules),
		host(s, savepointRules(model.KindApplicationSavepoint)),
		host(s, savepointRules(model.KindStatementSavepoint)),
		host(s, savepointRules(model.KindDetachedSavepoint)),
		host(s, secretRules),
		host(s, secretMappingRules),
		host(s, catalogRules),
		host(s, databaseRules),
		host(s, clusterRules),
	}
}

// Resources are the kinds that are hosted, in the order of the API.
func (s *Service) Resources() []Resource { return s.kinds }

// Unchanged reports whether nothing of the topics was written since sequence.
func (s *Service) Unchanged(topics []model.Topic, sequence uint64) bool {
	for _, topic := range topics {
		if s.store.Changed(topic) > sequence {
			return false
		}
	}
	return true
}

// read answers from one state of the store and notes what was read. The
// sequence is taken before the view: a write that comes between counts as
// newer than the answer.
func (s *Service) read(ctx context.Context, fn func(model.Reader, *Answer) error) (Answer, error) {
	answer := Answer{Sequence: s.store.Sequence()}
	err := s.store.View(ctx, func(r model.Reader) error {
		return fn(&tracker{reader: r, answer: &answer}, &answer)
	})
	return answer, err
}

// tracker notes the topics that an answer is made from.
type tracker struct {
	reader model.Reader
	answer *Answer
}

// maxTopics is how many topics an answer names; beyond, whole kinds are named.
const maxTopics = 64

func (t *tracker) record(kind model.KindID, env string) {
	if len(t.answer.Topics) >= maxTopics {
		env = ""
	}
	topic := model.Topic{Kind: kind, Env: env}
	if !slices.Contains(t.answer.Topics, topic) {
		t.answer.Topics = append(t.answer.Topics, topic)
	}
}

func (t *tracker) Get(scope model.Scope, name string) (model.Record, error) {
	t.record(scope.Kind, scope.Env)
	return t.reader.Get(scope, name)
}

func (t *tracker) ByUID(kind model.KindID, uid string) (model.Record, error) {
	t.record(kind, "")
	return t.reader.ByUID(kind, uid)
}

func (t *tracker) Find(scope model.Scope, query model.Query) (model.Found, error) {
	t.record(scope.Kind, scope.Env)
	return t.reader.Find(scope, query)
}

func (t *tracker) Usage(scope model.Scope, link string) (cmf.ResourceUsageSummary, error) {
	t.record(scope.Kind, scope.Env)
	return t.reader.Usage(scope, link)
}

func (t *tracker) Count(scope model.Scope) (map[string]int, error) {
	t.record(scope.Kind, scope.Env)
	return t.reader.Count(scope)
}

func (t *tracker) Overviews(environments []string, kinds ...model.KindID) (map[string]model.Overview, error) {
	for _, kind := range kinds {
		for _, env := range environments {
			t.record(kind, env)
		}
	}
	return t.reader.Overviews(environments, kinds...)
}
