package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client"
	"drey/client/fault"
	"drey/keymap"
	"drey/themes"
	"drey/ui/uitest"
	"drey/views"
	"drey/views/browse"
	"drey/views/detail"
	"drey/views/grid"
	"drey/views/platform"
	"drey/views/resource"
	"drey/views/sources"
)

// robot is the one kind of objects of a platform that is made up: it has no
// scopes, no labels and no pages, and its names are no identities.
type robot struct{ ID, Name, State string }

// factory is a server of robots.
type factory struct {
	mu     sync.Mutex
	robots []robot
	asked  []string // but for lists
}

func (f *factory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.URL.Path == "/robots" {
		_ = json.NewEncoder(w).Encode(f.robots)
		return
	}
	f.asked = append(f.asked, r.Method+" "+r.URL.Path)
	id, action, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/robots/"), "/")
	i := slices.IndexFunc(f.robots, func(r robot) bool { return r.ID == id })
	if i < 0 {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "no robot "+id)
		return
	}
	if action == "halt" {
		f.robots[i].State = "HALTED"
	}
	_ = json.NewEncoder(w).Encode(f.robots[i])
}

// robots is everything that the console is told of the platform.
func robots(c *client.Client) resource.Kind[robot] {
	verb := views.Verb{Do: "halt", Doing: "halting", Done: "halted"}
	plan := func(i resource.Item[robot], _ string) []views.Step {
		return []views.Step{{Method: "POST", Path: "/robots/" + i.Value.ID + "/halt"}}
	}
	raw := func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
		return client.Send[json.RawMessage](ctx, c, "get robot", client.Request{
			Method: "GET", Path: "/robots/" + ref.UID,
		})
	}
	return resource.Kind[robot]{
		Name: "robots", Singular: "robot", Title: "Robots", Short: "Bots", Aliases: []string{"bot"},
		NameOf: func(r robot) string { return r.Name },
		Key:    func(i resource.Item[robot]) string { return i.Value.ID },
		State: func(r robot) (string, themes.Tone) {
			if r.State == "BROKEN" {
				return r.State, themes.Bad
			}
			return r.State, themes.Good
		},
		Columns: []resource.Column[robot]{
			{Column: grid.Column{Title: "NAME", Min: 10}, Cell: func(i resource.Item[robot]) grid.Cell { return grid.Word(i.Value.Name, themes.Plain) }},
			{Column: grid.Column{Title: "STATE", Min: 10}, Worst: true, Cell: func(i resource.Item[robot]) grid.Cell { return grid.Status(i.Value.State, themes.Good) }},
		},
		Facts: func(i resource.Item[robot], _ time.Time) []views.Fact {
			return []views.Fact{{Label: "serial", Text: "no " + i.Value.ID}}
		},
		Source: func(at resource.Location) resource.Source[robot] {
			poll := client.NewPoll[robot](c, "/robots", nil)
			return sources.NewSource(at, func(ctx context.Context) ([]robot, []resource.Unread, bool, error) {
				listed, changed, err := poll.Next(ctx)
				return listed.Items, nil, changed, err
			})
		},
		Read: func(ctx context.Context, ref views.Ref) (robot, error) {
			return client.Send[robot](ctx, c, "read robot", client.Request{Method: "GET", Path: "/robots/" + ref.UID})
		},
		Raw: raw,
		Pages: []resource.Page[robot]{{
			Key: func(m *keymap.Map) key.Binding { return m.Table.Describe }, Label: "describe",
			Open: func(_ *views.Env, i resource.Item[robot]) tea.Cmd {
				load := detail.YAML(func(ctx context.Context) (json.RawMessage, error) {
					return raw(ctx, views.Ref{UID: i.Value.ID})
				})
				return views.Send(views.OpenMsg{Title: i.Value.Name, Make: func(env *views.Env) views.View {
					return detail.New(env, i.Value.Name, load)
				}})
			},
		}},
		Actions: []resource.Action[robot]{{
			Key:   func(m *keymap.Map) key.Binding { return m.Table.Toggle },
			Verb:  func(robot) views.Verb { return verb },
			Verbs: []views.Verb{verb},
			Refuse: func(r robot) error {
				if r.State == "HALTED" {
					return errors.New("it stands already")
				}
				return nil
			},
			Plan: plan,
			Run: func(ctx context.Context, i resource.Item[robot], how string, step func(views.Step)) (string, error) {
				s := plan(i, how)[0]
				step(s)
				_, err := client.Send[robot](ctx, c, "halt", client.Request{Method: s.Method, Path: s.Path})
				return "", err
			},
			Reached: func(now robot) (bool, error) { return now.State == "HALTED", nil },
		}},
	}
}

// madeUp opens a factory of six robots, with tabs beside that of the robots.
func madeUp(t *testing.T, others ...platform.Tab) (*factory, *platform.Session) {
	t.Helper()
	f := &factory{}
	for i, name := range []string{"arm", "arm", "crane", "drill", "lathe", "press"} {
		f.robots = append(f.robots, robot{ID: fmt.Sprint(i + 1), Name: name, State: "WORKING"})
	}
	web := httptest.NewServer(f)
	t.Cleanup(web.Close)
	c, err := client.New(client.Config{URL: web.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	k := robots(c)
	tabs := append([]platform.Tab{{
		Name: k.Name, Title: k.Title, Short: k.Short, Aliases: k.Aliases,
		New: func(env *views.Env) views.View { return browse.New(env, k, resource.Location{}) },
	}}, others...)
	return f, &platform.Session{
		Name: "factory", Title: "Factory", Address: c.URL(),
		Probe: func(context.Context) (platform.About, error) {
			return platform.About{Product: "Factory", Version: "7"}, nil
		},
		Tabs:  func() []platform.Tab { return tabs },
		Kinds: []platform.Kind{browse.Untyped(k)},
		Calls: func() []client.Call { return c.Calls().Snapshot() },
		Close: c.Close,
	}
}

func openSession(t *testing.T, s *platform.Session) *uitest.Driver {
	t.Helper()
	return open(t, nil, 140, 40, func(o *Options) { o.Session, o.Name, o.Now = s, s.Name, time.Now })
}

// TestAMadeUpPlatformIsBrowsed goes through what every list can do.
func TestAMadeUpPlatformIsBrowsed(t *testing.T) {
	t.Parallel()
	f, s := madeUp(t)
	d := openSession(t, s)
	d.WaitForText("6 robots", "factory › robots", "1 Robots", "Factory 7", "no 1")
	if text := d.Screen(); strings.Contains(text, " all ") || strings.Contains(text, "nvironment") {
		t.Errorf("there are scopes:\n%s", text)
	}
	d.Press("/")
	d.Type("arm")
	d.WaitForText("2 of 6")
	d.Press("enter", " ", " ")
	d.WaitForText("2 marked")
	d.Press("s")
	d.WaitForText("Halt 2 robots", "POST /robots/1/halt", "POST /robots/2/halt")
	d.Press("y")
	d.WaitForText("halted 2")
	d.WaitFor(func(text string) bool { return strings.Count(text, "HALTED") >= 2 })
	d.Press("s")
	d.WaitForText("it stands already")
	d.Press("esc", "d")
	d.WaitForText("State: HALTED")
	d.Press("esc", "@")
	d.WaitForText("/robots/1/halt")
	f.mu.Lock()
	defer f.mu.Unlock()
	posts := slices.DeleteFunc(slices.Clone(f.asked), func(line string) bool {
		return !strings.HasPrefix(line, "POST")
	})
	slices.Sort(posts)
	if want := []string{"POST /robots/1/halt", "POST /robots/2/halt"}; !slices.Equal(posts, want) {
		t.Errorf("sent %q, want %q", posts, want)
	}
}

// TestAMadeUpPlatformHasCommands does the same without a screen.
func TestAMadeUpPlatformHasCommands(t *testing.T) {
	t.Parallel()
	_, s := madeUp(t)
	k := s.Kinds[0]
	table, err := k.List(t.Context(), "")
	if err != nil || len(table.Rows) != 6 || !slices.Equal(table.Columns, []string{"NAME", "STATE"}) ||
		table.Rows[2].Cells[0] != "crane" {
		t.Fatalf("got %+v, %v", table, err)
	}
	ref, verb := table.Rows[2].Ref, k.Info().Verbs[0]
	raw, err := k.Get(t.Context(), ref)
	if err != nil || !strings.Contains(string(raw), "crane") {
		t.Fatalf("got %s, %v", raw, err)
	}
	plan, err := k.Plan(t.Context(), verb, ref, "")
	if err != nil || len(plan) != 1 || plan[0].Path != "/robots/3/halt" {
		t.Fatalf("got %+v, %v", plan, err)
	}
	var said []views.Step
	if err := k.Do(
		t.Context(), verb, ref, "", func(s views.Step) { said = append(said, s) },
	); err != nil || len(said) != 1 {
		t.Fatalf("said %+v, %v", said, err)
	}
	var refused *browse.RefusedError
	if err := k.Do(t.Context(), verb, ref, "", func(views.Step) {}); !errors.As(err, &refused) {
		t.Errorf("the second time: %v", err)
	}
	if _, err := k.Get(t.Context(), views.Ref{UID: "9"}); !fault.Is(err, fault.Unsupported, fault.NotFound) {
		t.Errorf("of none: %v", err)
	}
}

// TestTabsBeyondNine goes through twelve tabs by the keys of the next and the
// previous one; digits are for the first nine.
func TestTabsBeyondNine(t *testing.T) {
	t.Parallel()
	var others []platform.Tab
	for i := 2; i <= 12; i++ {
		title := fmt.Sprintf("Workshop%d", i)
		others = append(others, platform.Tab{
			Name: title, Title: title, Short: fmt.Sprintf("W%d", i),
			New: func(env *views.Env) views.View { return detail.NewFixed(env, title, detail.Words("inside "+title)) },
		})
	}
	others[3].Missing = "needs Factory 8"
	_, s := madeUp(t, others...)
	d := openSession(t, s)
	d.WaitForText("6 robots")
	d.Press("9")
	d.WaitForText("inside Workshop9")
	d.Press("}")
	d.WaitForText("inside Workshop10", "W12")
	d.Press("}", "}")
	d.WaitForText("inside Workshop12")
	d.Press("}")
	d.WaitForText("6 robots")
	d.Press("{")
	d.WaitForText("inside Workshop12")
	d.Press("5")
	d.WaitForText("needs Factory 8")
	d.Send(tea.WindowSizeMsg{Width: 60, Height: 20})
	d.Press("{", "{", "{", "{", "{")
	d.WaitForText("inside Workshop12", "W12")
}
