package ccloudapi

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"time"

	"drey/client/ccloud"
	"drey/client/fault"
	"drey/client/pause"
	"drey/client/statement"
)

// How often a dry run is looked at, and how long it may take to delete it.
const (
	dryRunEvery = 300 * time.Millisecond
	deleteTime  = 5 * time.Second
)

// Validate implements statement.Validator by a dry run: a statement that is planned,
// and not run. It is hidden from lists, and deleted afterwards.
func (e sqlEngine) Validate(ctx context.Context, r statement.Request) error {
	settings := map[string]string{}
	maps.Copy(settings, r.Settings)
	settings[ccloud.PropertyDryRun] = "true"
	r.Settings, r.Helper = settings, true
	s, err := e.Submit(ctx, r)
	ref := s.Ref
	if err != nil {
		if !fault.Of(err).Lost {
			return err // the server took nothing
		}
		ref = statement.Ref{Scope: r.Target.Scope, Name: r.Name}
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deleteTime)
		defer cancel()
		_ = e.Delete(ctx, ref) // what is left of it is offered for removal
	}()
	for err == nil && !s.Phase.Ended() && !s.Phase.Readable() {
		if !pause.For(ctx, dryRunEvery) {
			return ctx.Err()
		}
		s, err = e.Observe(ctx, ref)
	}
	if err == nil && s.Phase == statement.Failed {
		err = errors.New(cmp.Or(s.Detail, "it is "+s.Raw+", and the server does not say why"))
	}
	return err
}
