package forms

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/views/diff"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
)

// mappedIDs are the ids under which environments map secrets. They are read again after a
// while only: a text is checked every few seconds.
type mappedIDs struct {
	api          *cmfapi.Client
	environments func(context.Context) ([]string, error)

	mu    sync.Mutex
	ids   []string
	known bool
	read  time.Time
}

const (
	mappedFor        = 30 * time.Second
	mostEnvironments = 40 // that are asked for what they map
	mappedAtOnce     = 4
)

func newMappedIDs(api *cmfapi.Client) *mappedIDs {
	return &mappedIDs{api: api, environments: places(api)}
}

// list gives the ids of all environments; known is false where not all could be read.
func (m *mappedIDs) list(ctx context.Context) (ids []string, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := time.Now(); now.Sub(m.read) > mappedFor {
		m.ids, m.known = m.ask(ctx)
		if m.known {
			m.read = now
		}
	}
	return m.ids, m.known
}

func (m *mappedIDs) ask(ctx context.Context) (ids []string, known bool) {
	environments, err := m.environments(ctx)
	if err != nil || len(environments) > mostEnvironments {
		return nil, false
	}
	found := make([][]string, len(environments))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(mappedAtOnce)
	for i, name := range environments {
		group.Go(func() error {
			list, err := cmfapi.List[cmf.SecretMapping](
				ctx, m.api, cmf.SecretMappings, cmf.Scope{Environment: name}, cmfapi.Query{Fields: []string{"metadata.name"}},
			)
			for _, mapping := range list.Items {
				found[i] = append(found[i], mapping.Metadata.Name)
			}
			if fault.Is(err, fault.NotFound) {
				return nil // the environment went meanwhile
			}
			return err
		})
	}
	if group.Wait() != nil {
		return nil, false
	}
	ids = slices.Concat(found...)
	slices.Sort(ids)
	return slices.Compact(ids), true
}

// check warns of ids of connections that no environment maps a secret under.
func (m *mappedIDs) check(ctx context.Context, c edit.Change, paths ...[]string) []edit.Finding {
	var found []edit.Finding
	for _, path := range paths {
		value, _ := diff.At(c.Mine, path)
		id, _ := value.(string)
		if id == "" {
			continue
		}
		ids, known := m.list(ctx)
		if !known {
			return found
		}
		for _, f := range unknownName(id, ids, "secret mapping", "any environment", path...) {
			f.Warning = true
			found = append(found, f)
		}
	}
	return found
}

// connectionPaths are where a catalog says under which id its secrets are mapped.
func connectionPaths(doc any) [][]string {
	paths := [][]string{{"spec", "srInstance", "connectionSecretId"}}
	value, _ := yamldoc.Member(doc, "spec", "kafkaClusters")
	list, _ := value.([]any)
	for i := range list {
		paths = append(paths, []string{"spec", "kafkaClusters", fmt.Sprintf("[%d]", i), "connectionSecretId"})
	}
	return paths
}
