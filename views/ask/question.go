package ask

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/grid"
	"drey/views/perform"
	"drey/views/resource"
	"drey/views/sources"
	"drey/views/steps"
	"drey/views/usedby"
)

// asking is one question as it was asked: by which key, the text that is new in it,
// and what it takes back.
type asking struct {
	key, token string
	way        string // that is chosen at first, "" for the action's own
	undoes     []views.Task
	fresh      bool // the items were read for this question
}

// how is the way of a choice, or the plain one, with what is new in it.
func (q asking) how(plain, chosen string) string {
	if chosen == "" {
		chosen = plain
	}
	return strings.ReplaceAll(chosen, resource.NewToken, q.token)
}

// question is the dialog about targets: a line for each, those that nothing is
// done to with the reason.
func (s *Asker) question(a resource.Action[any], by asking, targets []perform.Target) views.Confirmation {
	items := make([]resource.Item[any], len(targets))
	groups := groupByVerb(s, a, targets)
	q := views.Confirmation{Asked: by.key, Title: s.title(groups, targets), Doing: s.doing(groups)}
	if len(groups) > 0 {
		q.Button = capital(groups[0].verb.Do)
	}
	if len(groups) > 1 {
		q.Button = "Do all"
	}
	var able []resource.Item[any]
	var losing []int
	var underWay []views.Fact
	for i, t := range targets {
		items[i] = t.Item
		one := views.Target{Ref: s.Kind.Ref(t.Item)}
		if err := s.refusalOf(a, t); err != nil {
			one.Refused = err.Error()
			if word := fault.Of(err).Word(); word != "" {
				one.Refused = word + ": " + one.Refused
			}
			q.Targets = append(q.Targets, one)
			continue
		}
		verb := a.Verb(t.Item.Value)
		if a.Will != nil {
			one.Will = a.Will(t.Item, s.Env.ServerNow())
		}
		if len(groups) > 1 {
			one.Will.Text, one.Will.Label = strings.TrimPrefix(one.Will.Label+" ", "what happens ")+
				one.Will.Text, verb.Do+":"
		}
		one.Requests = s.requests(a.Plan(t.Item, by.how(a.Plain, "")))
		if a.Loses != nil && a.Loses(t.Item.Value) {
			losing = append(losing, len(q.Targets))
		}
		underWay = append(underWay, steps.Facts(s.Env, one.Ref)...)
		q.Targets = append(q.Targets, one)
		able = append(able, t.Item)
		q.Plan += one.UID + " " + verb.Do + "\n"
	}
	if len(losing) > 0 {
		q.TypeName = confirmationText(able, groups, s.Kind.NameOf)
	}
	for _, i := range losing {
		q.Targets[i].TypeName = q.TypeName
	}
	if a.Inputs != nil && len(able) > 0 {
		q.Inputs = a.Inputs(able)
	}
	if away := awayOf(targets); away.Kind != fault.None {
		q.Away, q.Title = away.Word(), "Cannot "+a.Verb(targets[0].Item.Value).Do+" "+s.nameOf(targets)+": "+away.Word()
		q.Facts = []views.Fact{{Label: "what to do", Text: cmp.Or(
			away.Advice(), "wait: the server is asked again by itself, and it can be done once it answers",
		)}}
	}
	if a.About != nil && len(able) == 1 && len(items) == 1 {
		q.Facts = a.About(able[0], s.Env.ServerNow())
	}
	q.Facts = append(q.Facts, underWay...)
	q.Run = func(how string) tea.Cmd {
		if cmd, edits := s.editFirst(a, able, how); edits {
			return cmd
		}
		return s.runWays(a, able, by, q.Doing, func(string) string { return how })
	}
	q.RunEach = func(hows map[string]string) tea.Cmd {
		return s.runWays(a, able, by, q.Doing, func(uid string) string { return hows[uid] })
	}
	q.Load = func(ctx context.Context) views.Confirmation { return s.loadQuestion(ctx, a, by, items) }
	q.Every = sources.Every * time.Duration(1+len(items)/perform.AtOnce)
	return q
}

// runWays does it to each item in its own way.
func (s *Asker) runWays(
	a resource.Action[any], items []resource.Item[any], by asking, doing string, chosen func(uid string) string,
) tea.Cmd {
	hows := make([]string, len(items))
	for i, item := range items {
		how := chosen(s.Kind.Key(item))
		hows[i] = by.how(a.Plain, how)
		if a.Inputs != nil && how != "" {
			hows[i] = mergeInputs(by.how(a.Plain, ""), how)
		}
	}
	return s.run(a, items, hows, doing, by.undoes)
}

// run is the command that acts on every item, a few at a time, follows each
// until what was asked for has come about, and says what came of it.
func (s *Asker) run(
	a resource.Action[any], items []resource.Item[any], hows []string, doing string, undoes []views.Task,
) tea.Cmd {
	if len(items) == 0 {
		return views.Notice(themes.Warn, "nothing was done: nothing could be")
	}
	refs := make([]views.Ref, len(items))
	verbs := make([]views.Verb, len(items))
	for i, item := range items {
		refs[i], verbs[i] = s.Kind.Ref(item), a.Verb(item.Value)
	}
	s.Begun(refs)
	job := perform.Job{Kind: s.Kind, Action: a, Tasks: s.Env.Tasks, Now: s.Env.Now}
	if len(undoes) > 0 {
		job.Action.Undo = nil // what takes something back is not taken back itself
	}
	return s.Mail.Report(doing, func(ctx context.Context) views.DoneMsg {
		results := job.Do(ctx, items, hows)
		if a.Stages != nil {
			s.markUndone(undoes, refs, results)
		}
		return perform.Summary(results, refs, verbs)
	})
}

// mergeInputs puts what was given in place of what the plain way says of it.
func mergeInputs(plain, given string) string {
	values, err := url.ParseQuery(plain)
	if err != nil {
		return given
	}
	more, _ := url.ParseQuery(given) // it was encoded a moment ago
	maps.Copy(values, more)
	return values.Encode()
}

// mostWays is how many targets are asked for the ways to do it to each.
const mostWays = 40

// loadQuestion asks again about the items as they are now.
func (s *Asker) loadQuestion(
	ctx context.Context, a resource.Action[any], by asking, items []resource.Item[any],
) views.Confirmation {
	targets := perform.ReadAgain(ctx, s.Kind, items)
	if s.Env.Tasks != nil {
		_ = s.Env.Tasks.Look() // what it knew before is told
	}
	q := s.question(a, by, targets)
	if q.Plan == "" {
		return q
	}
	q.Facts = append(q.Facts, s.dependents(ctx, a, targets)...)
	if a.Ways == nil {
		return q
	}
	if len(targets) > mostWays {
		q.Facts = append(q.Facts, views.Fact{Label: "other ways", Text: fmt.Sprintf(
			"are offered for up to %d at once", mostWays,
		)})
		return q
	}
	ways, errs := make([][]views.Choice, len(targets)), make([]error, len(targets))
	typed := s.lossText(a, targets)
	perform.InParallel(len(targets), func(i int) {
		if s.refusalOf(a, targets[i]) == nil {
			ways[i], errs[i] = s.ways(ctx, a, by, targets[i].Item, typed)
			ways[i] = oneAtATime(a, ways[i], len(targets) > 1)
		}
	})
	if err := errors.Join(errs...); err != nil {
		q.Facts = append(q.Facts, views.Fact{
			Label: "other ways", Text: "could not be listed: " + err.Error(), Tone: themes.Warn,
		})
	}
	if len(targets) == 1 {
		if a.Chosen && len(ways[0]) == 0 {
			q.Plan, q.Targets[0].Refused, q.Targets[0].Requests = "", a.NoWay, nil
		}
		if len(ways[0]) > 1 || a.Chosen && len(ways[0]) > 0 {
			q.Choices, q.Which = ways[0], a.Which
			if a.WhichOf != nil {
				q.Which = a.WhichOf(a.Verb(targets[0].Item.Value))
			}
		}
		if by.way != "" && q.Plan != "" {
			q.How = by.way
			if !slices.ContainsFunc(ways[0], func(c views.Choice) bool { return c.How == by.way }) {
				q.Plan, q.Choices, q.Targets[0].Requests = "", nil, nil
				q.Targets[0].Refused = cmp.Or(a.NoWay, "that is not among what can be chosen any more")
			}
		}
		return q
	}
	for i := range q.Targets {
		if len(ways[i]) > 1 {
			q.Targets[i].Choices = ways[i]
		}
	}
	return q
}

// ways are those to do it to one item, with what each would send.
func (s *Asker) ways(
	ctx context.Context, a resource.Action[any], by asking, item resource.Item[any], typed string,
) ([]views.Choice, error) {
	ways, err := a.Ways(ctx, item, s.Env.ServerNow())
	for i := range ways {
		ways[i].How = strings.ReplaceAll(ways[i].How, resource.NewToken, by.token)
		ways[i].Requests = s.requests(a.Plan(item, by.how(a.Plain, ways[i].How)))
		if ways[i].Loses {
			ways[i].TypeName = typed
		}
	}
	return ways, err
}

// refusalOf is why nothing can be done to a target, nil when it can.
func (s *Asker) refusalOf(a resource.Action[any], t perform.Target) error {
	if t.Absence != nil {
		return t.Absence
	}
	return s.Refusal(a, t.Item)
}

// awayOf is why the server tells of none of the targets how they are now, the zero value
// where that is not what stands in the way.
func awayOf(targets []perform.Target) (away fault.Fault) {
	for i, t := range targets {
		f := fault.Of(t.Absence)
		switch f.Kind {
		case fault.Offline, fault.SignedOut, fault.Forbidden, fault.Unlicensed, fault.Throttled, fault.Failing:
		default:
			return fault.Fault{}
		}
		if i > 0 && f.Kind != away.Kind {
			return fault.Fault{}
		}
		away = f
	}
	return away
}

// group is the targets of one verb.
type group struct {
	verb views.Verb
	n    int
	name string // of the first
}

func groupByVerb(s *Asker, a resource.Action[any], targets []perform.Target) []group {
	var groups []group
next:
	for _, t := range targets {
		if s.refusalOf(a, t) != nil {
			continue
		}
		verb := a.Verb(t.Item.Value)
		for i := range groups {
			if groups[i].verb == verb {
				groups[i].n++
				continue next
			}
		}
		groups = append(groups, group{verb, 1, s.Kind.NameOf(t.Item.Value)})
	}
	return groups
}

// title is "Suspend orders", "Suspend 6 applications" or "Suspend 3, start 2".
func (s *Asker) title(groups []group, targets []perform.Target) string {
	switch {
	case len(groups) == 0:
		return "Nothing can be done to " + s.nameOf(targets)
	case len(targets) == 1:
		return capital(groups[0].verb.Do) + " " + groups[0].name
	case len(groups) == 1 && groups[0].n < len(targets):
		return fmt.Sprintf(
			"%s %s of %s", capital(groups[0].verb.Do), grid.Thousands(groups[0].n), s.count(len(targets)),
		)
	case len(groups) == 1:
		return capital(groups[0].verb.Do) + " " + s.count(groups[0].n)
	}
	var parts []string
	for _, g := range groups {
		parts = append(parts, g.verb.Do+" "+grid.Thousands(g.n))
	}
	return capital(strings.Join(parts, ", "))
}

// nameOf names targets: the one, or how many.
func (s *Asker) nameOf(targets []perform.Target) string {
	if len(targets) == 1 {
		return s.Kind.NameOf(targets[0].Item.Value)
	}
	return s.count(len(targets))
}

func (s *Asker) count(n int) string {
	if n == 1 {
		return "1 " + s.Kind.Singular
	}
	return grid.Thousands(n) + " " + s.Kind.Name
}

// doing is "suspending orders", or "suspending 3, starting 2".
func (s *Asker) doing(groups []group) string {
	return s.words(groups, func(verb views.Verb) string { return verb.Doing })
}

func (s *Asker) words(groups []group, word func(views.Verb) string) string {
	var parts []string
	for _, g := range groups {
		what := grid.Thousands(g.n)
		if g.n == 1 {
			what = g.name
		}
		parts = append(parts, word(g.verb)+" "+what)
	}
	return strings.Join(parts, ", ")
}

// lossText is what is to be typed for a way that loses something.
func (s *Asker) lossText(a resource.Action[any], targets []perform.Target) string {
	var able []resource.Item[any]
	for _, t := range targets {
		if s.refusalOf(a, t) == nil {
			able = append(able, t.Item)
		}
	}
	return confirmationText(able, groupByVerb(s, a, targets), s.Kind.NameOf)
}

// longestTyped is the longest name that a person is asked to type, in runes.
const longestTyped = 253

// confirmationText is the name of the one item, where it can be typed, else the verbs
// and how many.
func confirmationText(able []resource.Item[any], groups []group, name func(any) string) string {
	if len(able) == 1 {
		text := name(able[0].Value)
		if text != "" && text == clean.Text(text) && utf8.RuneCountInString(text) <= longestTyped {
			return text
		}
	}
	var parts []string
	for _, g := range groups {
		parts = append(parts, fmt.Sprintf("%s %d", g.verb.Do, g.n))
	}
	return strings.Join(parts, " ")
}

// requests are the steps of a plan that change something, as they are written:
// without what every path of the API begins with. Those that go to one path say
// what they change.
func (s *Asker) requests(plan []views.Step) []string {
	var lines []string
	same := map[string]int{}
	for _, step := range plan {
		same[step.Method+step.Path]++
	}
	for _, step := range plan {
		if step.Method == "GET" {
			continue
		}
		path := step.Path
		if rest, ok := strings.CutPrefix(path, s.Env.Server.Root+"/"); ok && s.Env.Server.Root != "" {
			path = "…/" + rest
		}
		if same[step.Method+step.Path] > 1 && step.Remark != "" {
			path += "  (" + step.Remark + ")"
		}
		lines = append(lines, step.Method+" "+path)
	}
	return lines
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// dependents say what depends on the targets of an action that removes them, as
// long as there are not too many of them to ask.
func (s *Asker) dependents(ctx context.Context, a resource.Action[any], targets []perform.Target) []views.Fact {
	if s.Kind.UsedBy == nil || !a.Removes || len(targets) > mostWays {
		return nil
	}
	trees := make([]usedby.Tree, len(targets))
	perform.InParallel(len(targets), func(i int) {
		if s.refusalOf(a, targets[i]) == nil {
			trees[i] = s.Kind.UsedBy(ctx, targets[i].Item)
		}
	})
	var all usedby.Tree
	for i, t := range trees {
		for n := range t.Nodes {
			if len(targets) > 1 && t.Nodes[n].What != "" && !t.Nodes[n].Opaque {
				t.Nodes[n].Name += " of " + s.Kind.NameOf(targets[i].Item.Value)
			}
		}
		all.Add(t)
	}
	return all.Facts()
}
