// Package archive writes all objects of a server as YAML and reads them back:
// one document for each, with what the server remembers of it. Secrets stay
// sealed: whoever imports them needs the same key.
package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"drey/client/cmf"
	"drey/client/yamljson"
	"drey/server/engine"
	"drey/server/model"

	"go.yaml.in/yaml/v3"
)

// version is of the format; it is told in the first document.
const version = 1

type head struct {
	Drey int `json:"dreyExport"`
}

// object is one document.
type object struct {
	Kind            model.KindID `json:"kind"`
	Env             string       `json:"environment,omitempty"`
	Parent          string       `json:"parent,omitempty"`
	Name            string       `json:"name"`
	UID             string       `json:"uid"`
	State           string       `json:"state,omitempty"`
	Link            string       `json:"link,omitempty"`
	Created         time.Time    `json:"created"`
	Updated         time.Time    `json:"updated"`
	Due             time.Time    `json:"due,omitzero"`
	Doc             cmf.Object   `json:"document"`
	ControllerState cmf.Object   `json:"note,omitzero"`
}

// Store has the objects, and the tables that DDL made.
type Store interface {
	model.Store
	engine.Tables
}

// kindTable is of documents that hold a table: Parent is its catalog, Link its
// database.
const kindTable model.KindID = "table"

// kinds are written in this order.
var kinds = []model.KindID{
	model.KindEnvironment, model.KindCluster, model.KindSecret, model.KindSecretMapping, model.KindCatalog,
	model.KindDatabase, model.KindComputePool, model.KindApplication, model.KindInstance, model.KindEvent,
	model.KindStatement, model.KindApplicationSavepoint, model.KindStatementSavepoint, model.KindDetachedSavepoint,
}

// Write writes everything of one moment.
func Write(ctx context.Context, store Store, w io.Writer) error {
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(map[string]int{"dreyExport": version}); err != nil {
		return err
	}
	environments := []string{""} // tables of Kafka databases have none
	err := store.View(ctx, func(r model.Reader) error {
		for _, kind := range kinds {
			found, err := r.Find(model.Scope{Kind: kind}, model.Query{Everywhere: true})
			if err != nil {
				return err
			}
			for _, record := range found.Records {
				if kind == model.KindEnvironment {
					environments = append(environments, record.Name)
				}
				if err := write(enc, record); err != nil {
					return fmt.Errorf("%s %s: %w", kind, record.Name, err)
				}
			}
		}
		return nil
	})
	if err == nil {
		err = writeTables(ctx, store, enc, environments)
	}
	return errors.Join(err, enc.Close())
}

func writeTables(ctx context.Context, store Store, enc *yaml.Encoder, environments []string) error {
	shared := map[[3]string]bool{}
	for _, env := range environments {
		tables, err := store.Tables(ctx, env)
		if err != nil {
			return err
		}
		for _, t := range tables {
			if env == "" {
				shared[t.Key()] = true
			} else if shared[t.Key()] {
				continue
			}
			err := write(enc, model.Record{
				Scope: model.Scope{Kind: kindTable, Env: env, Parent: t.Catalog}, Link: t.Database, Name: t.Name,
				Doc: t.Definition,
			})
			if err != nil {
				return fmt.Errorf("table %s.%s.%s: %w", t.Catalog, t.Database, t.Name, err)
			}
		}
	}
	return nil
}

func write(enc *yaml.Encoder, r model.Record) error {
	node, err := yamljson.Node(model.MustEncode(object{
		Kind: r.Kind, Env: r.Env, Parent: r.Parent, Name: r.Name, UID: r.UID, State: r.State, Link: r.Link,
		Created: r.Created, Updated: r.Updated, Due: r.Due, Doc: r.Doc, ControllerState: r.ControllerState,
	}), text)
	if err != nil {
		return err
	}
	return enc.Encode(node)
}

var (
	errNotEmpty = errors.New("there are objects already; import into a new data folder")
	errFormat   = errors.New("not an export of drey")
)

// Read puts all of an export into an empty store, or nothing. check looks at
// what was read before it is kept.
func Read(ctx context.Context, store Store, from io.Reader, check func(model.Reader) error) (int, error) {
	n := 0
	tables := map[string][]engine.Table{}
	err := store.Update(ctx, func(tx model.Tx) error {
		counts, err := tx.Count(model.Scope{Kind: model.KindEnvironment})
		if err != nil {
			return err
		}
		if len(counts) > 0 {
			return errNotEmpty
		}
		err = documents(ctx, from, func(_ int, raw []byte) error {
			n++
			if n == 1 {
				return checkHead(raw)
			}
			return put(tx, tables, raw)
		})
		if err == nil && n == 0 {
			err = errFormat
		}
		if err != nil {
			return err
		}
		return check(tx)
	})
	for env, made := range tables {
		if err == nil {
			err = store.ChangeTables(ctx, env, func(have []engine.Table) ([]engine.Table, error) {
				return append(have, made...), nil
			})
		}
	}
	return max(n-1, 0), err
}

func checkHead(raw []byte) error {
	var h head
	if err := json.Unmarshal(raw, &h); err != nil || h.Drey == 0 {
		return errFormat
	}
	if h.Drey > version {
		return fmt.Errorf("export of a newer drey (format %d, this one knows %d)", h.Drey, version)
	}
	return nil
}

// put writes an object, and notes a table for later.
func put(tx model.Tx, tables map[string][]engine.Table, raw []byte) error {
	var o object
	if err := json.Unmarshal(raw, &o); err != nil {
		return err
	}
	if o.Kind == kindTable {
		tables[o.Env] = append(tables[o.Env], engine.Table{
			Catalog: o.Parent, Database: o.Link, Name: o.Name, Definition: o.Doc,
		})
		return nil
	}
	if !slices.Contains(kinds, o.Kind) {
		return fmt.Errorf("unknown kind %q", o.Kind)
	}
	labels := map[string]string{}
	for key, value := range o.Doc.Object("metadata", "labels").Map() {
		if text, ok := value.(string); ok {
			labels[key] = text
		}
	}
	return tx.Put(model.Record{
		Scope: model.Scope{Kind: o.Kind, Env: o.Env, Parent: o.Parent}, Name: o.Name, UID: o.UID, State: o.State,
		Link:    o.Link,
		Created: o.Created, Updated: o.Updated, Due: o.Due, Labels: labels, Doc: o.Doc,
		ControllerState: o.ControllerState,
	})
}
