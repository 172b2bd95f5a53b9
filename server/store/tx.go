package store

import (
	"fmt"
	"strings"
	"time"

	"drey/server/model"
)

// tx is a service.Tx; it notes what it touches.
type tx struct {
	reader
	touched map[model.Topic]bool
	wakes   bool
}

const put = `INSERT INTO objects (kind, env, parent, name, uid, state, link, created, updated, due, doc, note)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (kind, env, parent, name) DO UPDATE SET
		uid = excluded.uid, state = excluded.state, link = excluded.link, created = excluded.created,
		updated = excluded.updated, due = excluded.due, doc = excluded.doc, note = excluded.note
	RETURNING id`

func (t *tx) Put(r model.Record) error {
	var id int64
	args := []any{
		string(r.Kind), r.Env, r.Parent, r.Name, r.UID, r.State, r.Link,
		r.Created.UnixNano(), r.Updated.UnixNano(), toNanos(r.Due), string(r.Doc), controllerStateOf(r),
	}
	if err := t.conn.row(t.ctx, put, args, &id); err != nil {
		return fmt.Errorf("put: %w", err)
	}
	t.touch(r.Kind, r.Env, r.Due)
	if err := t.label(id, r); err != nil {
		return fmt.Errorf("put labels: %w", err)
	}
	return nil
}

func (t *tx) label(id int64, r model.Record) error {
	if err := t.exec("DELETE FROM labelled WHERE object = ?", id); err != nil {
		return err
	}
	for key, value := range r.Labels {
		err := t.exec("INSERT INTO labelled VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			string(r.Kind), r.Env, r.Parent, key, value, r.State, r.Created.UnixNano(), r.Name, id)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) Save(r model.Record) error {
	err := t.exec(`UPDATE objects SET state = ?, due = ?, doc = ?, note = ?
		WHERE kind = ? AND env = ? AND parent = ? AND name = ?`,
		r.State, toNanos(r.Due), string(r.Doc), controllerStateOf(r), string(r.Kind), r.Env, r.Parent, r.Name)
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	t.touch(r.Kind, r.Env, r.Due)
	return nil
}

func (t *tx) Delete(scope model.Scope, name string) error {
	err := t.exec("DELETE FROM objects WHERE kind = ? AND env = ? AND parent = ? AND name = ?",
		string(scope.Kind), scope.Env, scope.Parent, name)
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	t.touch(scope.Kind, scope.Env, time.Time{})
	return nil
}

func (t *tx) DeleteAll(scope model.Scope) error {
	text, args := "DELETE FROM objects WHERE kind = ? AND env = ?", []any{string(scope.Kind), scope.Env}
	if scope.Parent != "" {
		text, args = text+" AND parent = ?", append(args, scope.Parent)
	}
	if err := t.exec(text, args...); err != nil {
		return fmt.Errorf("delete all: %w", err)
	}
	t.touch(scope.Kind, scope.Env, time.Time{})
	return nil
}

// Touch changes no document, so it touches no topic.
func (t *tx) Touch(scope model.Scope, due time.Time, states ...string) error {
	text, args := "UPDATE objects SET due = ? WHERE kind = ?", []any{toNanos(due), string(scope.Kind)}
	if scope.Env != "" {
		text, args = text+" AND env = ?", append(args, scope.Env)
	}
	if scope.Parent != "" {
		text, args = text+" AND parent = ?", append(args, scope.Parent)
	}
	if len(states) > 0 {
		text += " AND state IN (?" + strings.Repeat(", ?", len(states)-1) + ")"
		for _, state := range states {
			args = append(args, state)
		}
	}
	if err := t.exec(text, args...); err != nil {
		return fmt.Errorf("touch: %w", err)
	}
	t.wakes = true
	return nil
}

func (t *tx) touch(kind model.KindID, env string, due time.Time) {
	t.touched[model.Topic{Kind: kind, Env: env}] = true
	t.wakes = t.wakes || !due.IsZero()
}

func (t *tx) exec(text string, args ...any) error { return t.conn.exec(t.ctx, text, args...) }

func controllerStateOf(r model.Record) any {
	if len(r.ControllerState) == 0 {
		return nil
	}
	return string(r.ControllerState)
}
