// Package tasks remembers what is done from the console, on disk where it can: a
// console that was killed in the middle is gone on with by the next one. It also
// shows what was done, what came of it, and takes it back.
package tasks

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"drey/views"
)

// Storage holds tasks on disk and tells which console owns them. A lease ends with
// the process that has it, however that ends.
type Storage interface {
	// Load gives all tasks by their ID.
	Load() (map[string][]byte, error)
	// Save writes a task whole or not at all.
	Save(id string, data []byte) error
	Remove(id string) error
	// Lease is the name of this console's lease; it is taken at the first call.
	Lease() (string, error)
	// Holder tells who has a lease, in words for people; alive is false when nobody
	// has it any more.
	Holder(lease string) (who string, alive bool)
	// Changed is when something was saved or removed last, by any console.
	Changed() (time.Time, error)
	// Exclusively runs fn while no other console is in it.
	Exclusively(fn func() error) error
}

// Store implements views.Tasks for one context.
type Store struct {
	storage Storage // nil: the tasks are forgotten with the program

	mu    sync.Mutex
	next  int
	tasks []views.Task // the oldest first

	others others
}

// most is how many tasks that have ended are remembered.
const most = 100

// NewStore makes a store; nothing is read before Adopt.
func NewStore(storage Storage) *Store { return &Store{storage: storage} }

// Save implements views.Tasks.
func (s *Store) Save(t *views.Task) error {
	if t.ID == "" {
		t.ID = s.newID(t.Began)
	}
	if s.storage == nil {
		s.put(*t)
		return nil
	}
	lease, err := s.storage.Lease()
	t.Owner = lease
	s.put(*t)
	if err != nil {
		return err
	}
	written := *t
	if written.Private {
		written.Document, written.Change = nil, nil
	}
	data, err := json.Marshal(written)
	if err != nil {
		return err
	}
	return errors.Join(s.storage.Save(t.ID, data), s.forget())
}

func (s *Store) newID(at time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	lease := "here"
	if s.storage != nil {
		if name, err := s.storage.Lease(); err == nil {
			lease = name
		}
	}
	return fmt.Sprintf("%d-%s-%d", at.UnixMilli(), lease, s.next)
}

// Show implements views.Tasks.
func (s *Store) Show(t views.Task) { s.put(t) }

// put takes a task as it is now; its steps are the caller's.
func (s *Store) put(t views.Task) {
	t.Steps = slices.Clone(t.Steps)
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.tasks, func(o views.Task) bool { return o.ID == t.ID }); i >= 0 {
		s.tasks[i] = t
		return
	}
	s.tasks = append(s.tasks, t)
}

// forget gives up the oldest tasks that have ended beyond those that are remembered.
func (s *Store) forget() error {
	var unwanted []string
	s.mu.Lock()
	ended := 0
	for i := len(s.tasks) - 1; i >= 0; i-- {
		if s.tasks[i].Running() {
			continue
		}
		if ended++; ended > most {
			unwanted = append(unwanted, s.tasks[i].ID)
		}
	}
	s.tasks = slices.DeleteFunc(s.tasks, func(t views.Task) bool { return slices.Contains(unwanted, t.ID) })
	s.mu.Unlock()
	var errs []error
	for _, id := range unwanted {
		errs = append(errs, s.storage.Remove(id))
	}
	return errors.Join(errs...)
}

// List implements views.Tasks.
func (s *Store) List() []views.Task {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.Clone(s.tasks)
	slices.Reverse(list)
	for i := range list {
		list[i].Steps = slices.Clone(list[i].Steps)
	}
	return list
}

// On implements views.Tasks.
func (s *Store) On(ref views.Ref) (views.Task, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, of := range [][]views.Task{s.tasks, s.others.running} {
		for i := len(of) - 1; i >= 0; i-- {
			if t := &of[i]; t.Running() && t.Target.Kind == ref.Kind && t.Target.UID == ref.UID &&
				t.Target.Name == ref.Name {
				found := *t
				found.Steps = slices.Clone(t.Steps)
				return found, true
			}
		}
	}
	return views.Task{}, false
}

// Get gives the task of an ID.
func (s *Store) Get(id string) (views.Task, bool) {
	for _, t := range s.List() {
		if t.ID == id {
			return t, true
		}
	}
	return views.Task{}, false
}

// Adopt reads what earlier consoles did, and takes over what those left in the
// middle that are there no more. What another console is at is its own: it is
// told with who that is. Where tasks are named nothing is done about others.
func (s *Store) Adopt(only ...string) (mine, others []views.Task, err error) {
	if s.storage == nil {
		return nil, nil, nil
	}
	err = s.storage.Exclusively(func() error {
		stored, err := s.storage.Load()
		if err != nil {
			return err
		}
		for _, t := range decoded(stored) {
			if _, known := s.Get(t.ID); known || len(only) > 0 && !slices.Contains(only, t.ID) {
				continue
			}
			if t.Running() {
				if who, alive := s.storage.Holder(t.Owner); alive {
					t.By = who
					others = append(others, t)
					continue
				}
				if err := s.Save(&t); err != nil {
					return err
				}
				mine = append(mine, t)
				continue
			}
			s.put(t)
		}
		return nil
	})
	return mine, others, err
}

// decoded are the tasks that can be read, the oldest first.
func decoded(stored map[string][]byte) []views.Task {
	var list []views.Task
	for _, data := range stored {
		var t views.Task
		if json.Unmarshal(data, &t) == nil && t.ID != "" {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b views.Task) int {
		if c := a.Began.Compare(b.Began); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list
}

// Running are the tasks that are under way from here, the oldest first.
func (s *Store) Running() []views.Task {
	list := slices.DeleteFunc(s.List(), func(t views.Task) bool { return !t.Running() })
	slices.Reverse(list)
	return list
}
