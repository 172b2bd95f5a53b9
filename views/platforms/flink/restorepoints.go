package flink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/platforms/flink/history"
	"drey/views/resource"
	"drey/views/sources"
)

// restorePoint is a checkpoint or savepoint of a job that it can be started from.
type restorePoint struct {
	flinkrest.Checkpoint
	Cluster string `json:"cluster,omitempty"`
	Job     string `json:"job"`
}

type restoreItem = resource.Item[restorePoint]

// none is Flink's word for a checkpoint without an address.
const none = "<checkpoint-not-externally-addressable>"

// usable tells that something can be started from it.
func (p restorePoint) usable() bool {
	return p.Status == "COMPLETED" && !p.Discarded && p.Path != "" && p.Path != none
}

// restorePointsOf are those of a job that are there, newest first: what Flink has in
// the job's history, and savepoints that were taken from here.
func (f *fleet) restorePointsOf(ctx context.Context, j Job) ([]restorePoint, error) {
	c, err := f.Named(j.Cluster)
	if err != nil {
		return nil, err
	}
	history, err := c.Checkpoints(ctx, j.ID)
	if err != nil && !fault.Is(err, fault.NotFound) && !flinkrest.Says(err, "not been enabled") {
		return nil, err
	}
	var all []restorePoint
	add := func(p flinkrest.Checkpoint) {
		point := restorePoint{p, j.Cluster, j.ID}
		if point.usable() && !slices.ContainsFunc(all, func(o restorePoint) bool { return o.Path == p.Path }) {
			all = append(all, point)
		}
	}
	for _, p := range history.History {
		add(p)
	}
	for _, p := range []*flinkrest.Checkpoint{history.Latest.Completed, history.Latest.Savepoint} {
		if p != nil {
			add(*p)
		}
	}
	for _, t := range f.store.TriggersOf(c.Name, j.ID) {
		if t.Done && t.Location != "" && t.Kind != "checkpoint" {
			add(flinkrest.Checkpoint{
				Status: "COMPLETED", Savepoint: true, Path: t.Location, Triggered: t.At.UnixMilli(),
			})
		}
	}
	slices.SortStableFunc(all, func(a, b restorePoint) int { return int(b.Triggered - a.Triggered) })
	return all, nil
}

// openRestorePoints lists them.
func openRestorePoints(f *fleet, j Job) tea.Cmd {
	return browse.Open("restore points of "+j.Name, restorePoints(f, j), resource.Location{Parent: j.ID})
}

func restorePoints(f *fleet, j Job) resource.Kind[restorePoint] {
	same := func(a, b restorePoint) bool { return a.Path == b.Path && a.Size == b.Size }
	read := func(ctx context.Context, ref views.Ref) (restorePoint, error) {
		all, err := f.restorePointsOf(ctx, j)
		for _, p := range all {
			if p.Path == ref.UID {
				return p, nil
			}
		}
		if err == nil {
			err = &missingError{"there is no such checkpoint any more"}
		}
		return restorePoint{}, err
	}
	return resource.Kind[restorePoint]{
		Name: "restore points", Singular: "restore point", Title: "Restore points of " + j.Name,
		NameOf: func(p restorePoint) string { return path.Base(p.Path) },
		Key:    func(i restoreItem) string { return i.Value.Path },
		Same:   same,
		Columns: []resource.Column[restorePoint]{
			{Column: grid.Column{Title: "TAKEN", Right: true}, Cell: func(i restoreItem) grid.Cell {
				return grid.Since(flinkrest.Millis(i.Value.Triggered), "", themes.Dim, cells.Dash())
			}},
			{Column: grid.Column{Title: "KIND"}, Cell: func(i restoreItem) grid.Cell { return grid.Word(i.Value.label(), themes.Plain) }},
			{Column: grid.Column{Title: "SIZE", Right: true}, Cell: func(i restoreItem) grid.Cell { return cellBytes(i.Value.Size) }},
			{Column: grid.Column{Title: "FORMAT", Drop: 1}, Cell: func(i restoreItem) grid.Cell { return cells.Word(i.Value.Format, themes.Dim) }},
			{Column: grid.Column{Title: "PATH", Max: 120, Min: 20}, Cell: func(i restoreItem) grid.Cell { return grid.Word(i.Value.Path, themes.Dim) }},
		},
		Source: func(at resource.Location) resource.Source[restorePoint] {
			var last []restorePoint
			return sources.NewSource(at, func(ctx context.Context) ([]restorePoint, []resource.Unread, bool, error) {
				all, err := f.restorePointsOf(ctx, j)
				if err != nil {
					return nil, nil, false, err
				}
				changed := last == nil || !slices.EqualFunc(all, last, same)
				last = append([]restorePoint{}, all...)
				return all, nil, changed, nil
			})
		},
		Read: read,
		Raw: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
			p, err := read(ctx, ref)
			if err != nil {
				return nil, err
			}
			return json.Marshal(p)
		},
		Facts: func(i restoreItem, now time.Time) []views.Fact {
			return []views.Fact{{Label: "path", Text: i.Value.Path}, {
				Label: "taken", Text: cells.Ago(flinkrest.Millis(i.Value.Triggered), now),
			}}
		},
		Actions: []resource.Action[restorePoint]{f.disposeAction(j)},
		Empty:   "the job has no checkpoint or savepoint that it can be started from",
	}
}

var verbDispose = views.Verb{Do: "dispose of", Doing: "disposing of", Done: "disposed of"}

// disposeAction deletes a savepoint's files.
func (f *fleet) disposeAction(j Job) resource.Action[restorePoint] {
	plan := func(restoreItem, string) []views.Step {
		return []views.Step{{Method: "POST", Path: "/savepoint-disposal"}}
	}
	return resource.Action[restorePoint]{
		Key:  func(m *keymap.Map) key.Binding { return m.Table.Delete },
		Verb: func(restorePoint) views.Verb { return verbDispose }, Verbs: []views.Verb{verbDispose},
		Refuse: func(p restorePoint) error {
			if !p.Savepoint {
				return errors.New("it is a checkpoint: Flink deletes those itself")
			}
			return nil
		},
		Will: func(restoreItem, time.Time) views.Fact {
			return views.Fact{
				Label: "what happens", Text: "its files are deleted: nothing can be started from it any more",
				Tone: themes.Warn,
			}
		},
		Loses: func(restorePoint) bool { return true },
		Plan:  plan,
		Run: func(ctx context.Context, i restoreItem, how string, step func(views.Step)) (string, error) {
			c, err := f.Named(j.Cluster)
			if err != nil {
				return "", err
			}
			step(plan(i, how)[0])
			id, err := c.Dispose(ctx, i.Value.Path)
			if err != nil {
				return "", err
			}
			_, err = f.store.Await(ctx, id, history.Operation{
				Kind: "disposal",
				Look: func(ctx context.Context, id string) (flinkrest.Async, error) { return c.Disposed(ctx, id) },
			})
			if err == nil {
				err = f.forget(i.Value.Path)
			}
			return "", err
		},
		Removes: true,
	}
}

// forget drops a savepoint that is gone.
func (f *fleet) forget(location string) error {
	err := f.store.Change(func(r *history.Remembered) {
		r.Triggers = slices.DeleteFunc(r.Triggers, func(t history.Trigger) bool { return t.Location == location })
	})
	if err != nil {
		return fmt.Errorf("it was disposed of, and that could not be written down: %w", err)
	}
	return nil
}
