package space

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"drey/views"
	"drey/views/platform"
)

// elsewhere are the other contexts of the same product. One is opened when an object of
// it is first asked for, and tried again where that failed.
func elsewhere(c Context, set Settings) []views.Elsewhere {
	var list []views.Elsewhere
	for _, o := range set.Contexts {
		if o.Name == c.Name || o.Platform != c.Platform || o.Open == nil && o.Session == nil {
			continue
		}
		var mu sync.Mutex
		session := o.Session
		list = append(
			list,
			views.Elsewhere{Name: o.Name, Get: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
				mu.Lock()
				defer mu.Unlock()
				if session == nil {
					opened, err := o.Open()
					if err != nil {
						return nil, err
					}
					session = opened
				}
				return readFrom(ctx, session, ref)
			}},
		)
	}
	return list
}

func readFrom(ctx context.Context, s *platform.Session, ref views.Ref) (json.RawMessage, error) {
	for _, k := range s.Kinds {
		if k.Info().Name == ref.Kind {
			return k.Get(ctx, ref)
		}
	}
	return nil, fmt.Errorf("that server has no %s", ref.Kind)
}
