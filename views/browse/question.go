package browse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/grid"
	"drey/views/resource"
	"drey/views/sources"
)

// Why an item cannot be acted on although it was there.
var (
	errAbsent   = errors.New("it is gone")
	errReplaced = errors.New("it was deleted and made again meanwhile: this is another one of the same name")
)

// absent tells that the item that was meant is there no more.
func absent(err error) bool { return errors.Is(err, errAbsent) || errors.Is(err, errReplaced) }

// target is an item as it was last read, or why it cannot be acted on.
type target[T any] struct {
	item    resource.Item[T]
	absence error
}

func checked[T any](items []resource.Item[T]) []target[T] {
	out := make([]target[T], len(items))
	for i, item := range items {
		out[i].item = item
	}
	return out
}

// reread reads every item again, a few at a time. One that has another identity
// by now is not the one that was meant.
func (v *View[T]) reread(ctx context.Context, items []resource.Item[T]) []target[T] {
	out := checked(items)
	inParallel(len(items), func(i int) {
		out[i] = readAgain(ctx, &v.kind, items[i])
	})
	return out
}

func readAgain[T any](ctx context.Context, kind *resource.Kind[T], before resource.Item[T]) target[T] {
	now := before
	value, err := kind.Read(ctx, kind.Ref(before))
	if fault.Is(err, fault.NotFound) {
		return target[T]{before, errAbsent}
	}
	if err != nil {
		return target[T]{before, fmt.Errorf("it could not be looked at: %w", err)}
	}
	now.Value = value
	if kind.Key(now) != kind.Key(before) || kind.Made != nil && differ(kind.Made(before.Value), kind.Made(value)) {
		return target[T]{before, errReplaced}
	}
	return target[T]{item: now}
}

// differ tells that both say something, and not the same.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// inParallel calls fn for 0 to n-1, atOnce at a time.
func inParallel(n int, fn func(int)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			fn(i)
		})
	}
	wg.Wait()
}

// asking is one question as it was asked: by which key, the text that is new in it,
// and what it takes back.
type asking struct {
	key, token string
	way        string // that is chosen at first, "" for the action's own
	undoes     []views.Task
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
func (v *View[T]) question(a resource.Action[T], by asking, targets []target[T]) views.Confirmation {
	items := make([]resource.Item[T], len(targets))
	groups := groupByVerb(v, a, targets)
	q := views.Confirmation{Asked: by.key, Title: v.title(groups, targets), Doing: v.doing(groups)}
	if len(groups) > 0 {
		q.Button = capital(groups[0].verb.Do)
	}
	if len(groups) > 1 {
		q.Button = "Do all"
	}
	var able []resource.Item[T]
	var losing []int
	for i, t := range targets {
		items[i] = t.item
		one := views.Target{Ref: v.kind.Ref(t.item)}
		if err := v.refusalOf(a, t); err != nil {
			one.Refused = err.Error()
			q.Targets = append(q.Targets, one)
			continue
		}
		verb := a.Verb(t.item.Value)
		if a.Will != nil {
			one.Will = a.Will(t.item, v.env.ServerNow())
		}
		if len(groups) > 1 {
			one.Will.Text, one.Will.Label = strings.TrimPrefix(one.Will.Label+" ", "what happens ")+
				one.Will.Text, verb.Do+":"
		}
		one.Requests = v.requests(a.Plan(t.item, by.how(a.Plain, "")))
		if a.Loses != nil && a.Loses(t.item.Value) {
			losing = append(losing, len(q.Targets))
		}
		q.Targets = append(q.Targets, one)
		able = append(able, t.item)
		q.Plan += one.UID + " " + verb.Do + "\n"
	}
	if len(losing) > 0 {
		q.TypeName = confirmationText(able, groups, v.kind.NameOf)
	}
	for _, i := range losing {
		q.Targets[i].TypeName = q.TypeName
	}
	if a.Inputs != nil && len(able) > 0 {
		q.Inputs = a.Inputs(len(able) > 1)
	}
	if a.About != nil && len(able) == 1 && len(items) == 1 {
		q.Facts = a.About(able[0], v.env.ServerNow())
	}
	q.Run = func(how string) tea.Cmd {
		if cmd, edits := v.editFirst(a, able, how); edits {
			return cmd
		}
		return v.runWays(a, able, by, q.Doing, func(string) string { return how })
	}
	q.RunEach = func(hows map[string]string) tea.Cmd {
		return v.runWays(a, able, by, q.Doing, func(uid string) string { return hows[uid] })
	}
	q.Load = func(ctx context.Context) views.Confirmation { return v.loadQuestion(ctx, a, by, items) }
	q.Every = sources.Every * time.Duration(1+len(items)/atOnce)
	return q
}

// runWays does it to each item in its own way.
func (v *View[T]) runWays(
	a resource.Action[T], items []resource.Item[T], by asking, doing string, chosen func(uid string) string,
) tea.Cmd {
	hows := make([]string, len(items))
	for i, item := range items {
		how := chosen(v.kind.Key(item))
		hows[i] = by.how(a.Plain, how)
		if a.Inputs != nil && how != "" {
			hows[i] = mergeInputs(by.how(a.Plain, ""), how)
		}
	}
	return v.run(a, items, hows, doing, by.undoes)
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
func (v *View[T]) loadQuestion(ctx context.Context, a resource.Action[T], by asking, items []resource.Item[T]) views.Confirmation {
	targets := v.reread(ctx, items)
	q := v.question(a, by, targets)
	if q.Plan == "" {
		return q
	}
	q.Facts = append(q.Facts, v.dependents(ctx, a, targets)...)
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
	typed := v.lossText(a, targets)
	inParallel(len(targets), func(i int) {
		if v.refusalOf(a, targets[i]) == nil {
			ways[i], errs[i] = v.ways(ctx, a, by, targets[i].item, typed)
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
				q.Which = a.WhichOf(a.Verb(targets[0].item.Value))
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
func (v *View[T]) ways(
	ctx context.Context, a resource.Action[T], by asking, item resource.Item[T], typed string,
) ([]views.Choice, error) {
	ways, err := a.Ways(ctx, item, v.env.ServerNow())
	for i := range ways {
		ways[i].How = strings.ReplaceAll(ways[i].How, resource.NewToken, by.token)
		ways[i].Requests = v.requests(a.Plan(item, by.how(a.Plain, ways[i].How)))
		if ways[i].Loses {
			ways[i].TypeName = typed
		}
	}
	return ways, err
}

// refusalOf is why nothing can be done to a target, nil when it can.
func (v *View[T]) refusalOf(a resource.Action[T], t target[T]) error {
	if t.absence != nil {
		return t.absence
	}
	return v.refusal(a, t.item)
}

// group is the targets of one verb.
type group struct {
	verb views.Verb
	n    int
	name string // of the first
}

func groupByVerb[T any](v *View[T], a resource.Action[T], targets []target[T]) []group {
	var groups []group
next:
	for _, t := range targets {
		if v.refusalOf(a, t) != nil {
			continue
		}
		verb := a.Verb(t.item.Value)
		for i := range groups {
			if groups[i].verb == verb {
				groups[i].n++
				continue next
			}
		}
		groups = append(groups, group{verb, 1, v.kind.NameOf(t.item.Value)})
	}
	return groups
}

// title is "Suspend orders", "Suspend 6 applications" or "Suspend 3, start 2".
func (v *View[T]) title(groups []group, targets []target[T]) string {
	switch {
	case len(groups) == 0:
		return "Nothing can be done to " + v.nameOf(targets)
	case len(targets) == 1:
		return capital(groups[0].verb.Do) + " " + groups[0].name
	case len(groups) == 1 && groups[0].n < len(targets):
		return fmt.Sprintf(
			"%s %s of %s", capital(groups[0].verb.Do), grid.Thousands(groups[0].n), v.count(len(targets)),
		)
	case len(groups) == 1:
		return capital(groups[0].verb.Do) + " " + v.count(groups[0].n)
	}
	var parts []string
	for _, g := range groups {
		parts = append(parts, g.verb.Do+" "+grid.Thousands(g.n))
	}
	return capital(strings.Join(parts, ", "))
}

// nameOf names targets: the one, or how many.
func (v *View[T]) nameOf(targets []target[T]) string {
	if len(targets) == 1 {
		return v.kind.NameOf(targets[0].item.Value)
	}
	return v.count(len(targets))
}

func (v *View[T]) count(n int) string {
	if n == 1 {
		return "1 " + v.kind.Singular
	}
	return grid.Thousands(n) + " " + v.kind.Name
}

// doing is "suspending orders", or "suspending 3, starting 2".
func (v *View[T]) doing(groups []group) string {
	return v.words(groups, func(verb views.Verb) string { return verb.Doing })
}

func (v *View[T]) words(groups []group, word func(views.Verb) string) string {
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
func (v *View[T]) lossText(a resource.Action[T], targets []target[T]) string {
	var able []resource.Item[T]
	for _, t := range targets {
		if v.refusalOf(a, t) == nil {
			able = append(able, t.item)
		}
	}
	return confirmationText(able, groupByVerb(v, a, targets), v.kind.NameOf)
}

// longestTyped is the longest name that a person is asked to type, in runes.
const longestTyped = 253

// confirmationText is the name of the one item, where it can be typed, else the verbs
// and how many.
func confirmationText[T any](able []resource.Item[T], groups []group, name func(T) string) string {
	if len(able) == 1 {
		if text := name(able[0].Value); text == clean.Text(text) && utf8.RuneCountInString(text) <= longestTyped {
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
func (v *View[T]) requests(plan []views.Step) []string {
	var lines []string
	same := map[string]int{}
	for _, s := range plan {
		same[s.Method+s.Path]++
	}
	for _, s := range plan {
		if s.Method == "GET" {
			continue
		}
		path := s.Path
		if rest, ok := strings.CutPrefix(path, v.env.Server.Root+"/"); ok && v.env.Server.Root != "" {
			path = "…/" + rest
		}
		if same[s.Method+s.Path] > 1 && s.Remark != "" {
			path += "  (" + s.Remark + ")"
		}
		lines = append(lines, s.Method+" "+path)
	}
	return lines
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
