package ccloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/client/fault"
	phases "drey/client/statement"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/platforms/ccloud/objects"
	"drey/views/resource"
)

// openEvolve opens a copy of a statement in the editor that begins where the
// statement stops. Creating it stops the statement; see statementEdits.
func openEvolve(api *ccloudapi.Client) func(*views.Env, objects.Statement) tea.Cmd {
	return func(env *views.Env, i objects.Statement) tea.Cmd {
		name := i.Value.Name
		if err := refuseEvolve(env, i.Value); err != nil {
			return views.Notice(themes.Warn, "cannot evolve "+name+": "+err.Error())
		}
		begun, err := evolved(api, i)
		if err != nil {
			return views.Send(views.ErrorMsg{Doing: "evolve " + name, Err: err})
		}
		rules := *browse.EditorOf(browse.Untyped(Statements(api)))
		rules.Template = func(string) string { return begun }
		title, start := "evolve "+name, edit.Start{New: true, Target: views.Ref{Kind: rules.Kind, Scope: i.Scope}}
		return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
			return edit.New(env, &rules, start)
		}})
	}
}

func refuseEvolve(env *views.Env, s ccloudapi.Statement) error {
	switch kind := s.SQLKind(); {
	case env.Server.ReadOnly != views.Writable:
		return errors.New("read-only: the setting of that name in its context says so")
	case kind != "" && !slices.Contains(objects.Resumable, kind):
		return fmt.Errorf("a %s writes to no table: run another one in the SQL tab", kind)
	}
	return objects.RefuseDeleting(s)
}

// evolved is the text of a statement that begins where another one stops.
func evolved(api *ccloudapi.Client, i objects.Statement) (string, error) {
	var next struct {
		Region string `json:"region,omitempty"`
		Name   string `json:"name"`
		Spec   struct {
			Statement  string            `json:"statement"`
			Pool       string            `json:"compute_pool_id,omitempty"`
			Principal  string            `json:"principal,omitempty"`
			Properties map[string]string `json:"properties"`
		} `json:"spec"`
	}
	s := i.Value
	if len(api.Regions()) > 1 {
		next.Region = s.Region
	}
	next.Name = nextName(s.Name)
	next.Spec.Statement, next.Spec.Pool, next.Spec.Principal = s.Spec.Statement, s.Spec.ComputePoolID, s.Spec.Principal
	next.Spec.Properties = map[string]string{}
	maps.Copy(next.Spec.Properties, s.Spec.Properties)
	secrets := ""
	for _, name := range slices.Sorted(maps.Keys(s.Spec.Properties)) {
		if ccloud.IsSecretProperty(name) {
			delete(next.Spec.Properties, name)
			secrets += fmt.Sprintf(notCopied, name)
		}
	}
	next.Spec.Properties[ccloud.PropertyOffsetFrom] = s.Name
	raw, err := json.Marshal(next)
	if err != nil {
		return "", fmt.Errorf("write the statement: %w", err)
	}
	body, err := yamldoc.Render(raw, nil)
	return fmt.Sprintf(evolveHead, s.Name, s.Name, secrets, i.Scope) + body, err
}

const notCopied = "# %s is a secret, which drey does not read: what needs it fails; use a connection instead.\n"

const evolveHead = `# A statement that begins where %s stops: change its text below.
# Only offsets go over, and no state: what counts, joins or removes duplicates begins empty.
# It waits up to 6 hours until %s has stopped, which creating it asks for.
# On the new statement u changes back, and over again.
%senvironment: %s # where it runs; this line is not sent
`

var versioned = regexp.MustCompile(`^(.*-v)([0-9]{1,6})$`)

// nextName is the name of a statement's next version: orders-v2 after orders.
func nextName(name string) string {
	stem, n := name+"-v", 1
	if m := versioned.FindStringSubmatch(name); m != nil {
		stem = m[1]
		n, _ = strconv.Atoi(m[2])
	}
	end := strconv.Itoa(n + 1)
	if most := ccloud.MaxName - len(end); len(stem) > most {
		stem = strings.TrimRight(stem[:most-2], "-.") + "-v"
	}
	return stem + end
}

// verbSwitch goes from a statement that was evolved to the one that it was evolved
// from, or the other way round.
var verbSwitch = views.Verb{Do: "change over", Doing: "changing over", Done: "changed over"}

// What a way to change over says, as the query of a URL.
const (
	howFormer = "former" // name of the statement that it was evolved from
	howTo     = "to"     // which one is to run, and what becomes of this one
	toFormer  = "former"
	toThis    = "this"
	dropThis  = "former, this one deleted"
)

func switchAction(api *ccloudapi.Client) resource.Action[ccloudapi.Statement] {
	return resource.InStages(resource.Action[ccloudapi.Statement]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Undo },
		Verb:  func(ccloudapi.Statement) views.Verb { return verbSwitch },
		Verbs: []views.Verb{verbSwitch},
		Refuse: func(s ccloudapi.Statement) error {
			if s.Spec.Properties[ccloud.PropertyOffsetFrom] == "" {
				return errors.New(
					"nothing was done from here that could be taken back, and it was not evolved from another one: V evolves it",
				)
			}
			return objects.RefuseDeleting(s)
		},
		Will: func(i objects.Statement, _ time.Time) views.Fact {
			return views.Fact{
				Label: "what happens",
				Text: "one of this and " + i.Value.Spec.Properties[ccloud.PropertyOffsetFrom] +
					" stops, and the other one runs",
			}
		},
		Ways: func(ctx context.Context, i objects.Statement, _ time.Time) ([]views.Choice, error) {
			return switchWays(ctx, api, i)
		},
		Which: "Which one should run?", Chosen: true,
		NoWay:  "the statement that it was evolved from is not there any more: V evolves this one",
		Stages: stages{api}.of,
	})
}

// switchWays are how one can go between a statement and the one that it was evolved
// from, as both are.
func switchWays(ctx context.Context, api *ccloudapi.Client, i objects.Statement) ([]views.Choice, error) {
	name := i.Value.Spec.Properties[ccloud.PropertyOffsetFrom]
	former, err := api.Statement(ctx, i.Scope, name, i.Value.Region, "")
	if fault.Is(err, fault.NotFound) || err == nil && former.Phase() == ccloud.PhaseDeleting {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	way := func(to, label, detail string) views.Choice {
		return views.Choice{How: url.Values{howFormer: {name}, howTo: {to}}.Encode(), Label: label, Detail: detail}
	}
	over := way(toThis, "This one", name+" is stopped; this one goes on from where it was, or begins there")
	back := way(
		toFormer, name, "this one is stopped; "+name+" goes on from where it was: what this one did is done again",
	)
	drop := way(
		dropThis, name+", and delete this one", "this one and its state are lost; "+name+" goes on from where it was",
	)
	back.Tone, drop.Tone, drop.Loses = themes.Warn, themes.Warn, true
	if former.Spec.Stopped || ccloudapi.PhaseOf(former.Phase()) == phases.Failed {
		return []views.Choice{back, drop}, nil
	}
	return []views.Choice{over, drop}, nil
}

func (s stages) switching(i objects.Statement, said url.Values) []stage {
	former := said.Get(howFormer)
	switch said.Get(howTo) {
	case toThis:
		return []stage{s.stop(i, former), s.resume(i, "", nil)}
	case dropThis:
		return []stage{s.stop(i, ""), s.resume(i, former, nil), s.remove(i)}
	case toFormer:
		return []stage{s.stop(i, ""), s.resume(i, former, nil)}
	}
	return nil
}
