package forms

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/views/cells"
	"drey/views/diff"
	"drey/views/edit"
)

// defaultsOf reads what environments say of applications. A text is checked every few
// seconds: they are read again after a while only.
type defaultsOf struct {
	api *cmfapi.Client

	mu    sync.Mutex
	known map[string]knownDefaults
}

type knownDefaults struct {
	value any
	read  time.Time
}

const defaultsFor = 30 * time.Second

// of gives the defaults of an environment as diff.Parse reads them, nil for none that are known.
func (d *defaultsOf) of(ctx context.Context, environment string) any {
	d.mu.Lock()
	defer d.mu.Unlock()
	if k, ok := d.known[environment]; ok && time.Since(k.read) < defaultsFor {
		return k.value
	}
	raw, err := cmfapi.GetRaw(ctx, d.api, cmf.Environments, cmf.Scope{}, environment)
	if err != nil {
		return nil // it is only a warning that is not there
	}
	var e struct {
		Defaults json.RawMessage `json:"flinkApplicationDefaults"`
	}
	k := knownDefaults{read: time.Now()}
	if json.Unmarshal(raw, &e) == nil && len(e.Defaults) > 0 {
		k.value, _ = diff.Parse(e.Defaults)
	}
	if d.known == nil {
		d.known = map[string]knownDefaults{}
	}
	d.known[environment] = k
	return k.value
}

// check warns of values that the environment overrides: its defaults win over what an
// application says (cmf-behaviour.md §5).
func (d *defaultsOf) check(ctx context.Context, c edit.Change) []edit.Finding {
	if c.Target.Scope == "" {
		return nil
	}
	defaults, ok := d.of(ctx, c.Target.Scope).(map[string]any)
	if !ok {
		return nil
	}
	var found []edit.Finding
	for _, e := range diff.Compare(defaults, c.Mine, diff.SecretPath) {
		if e.Kind == diff.Changed {
			found = append(found, edit.Finding{
				Path: e.Path, Warning: true,
				Text: "overridden by the environment " + c.Target.Scope + ", where it is " + cells.OneLine(e.Left),
			})
		}
	}
	return found
}
