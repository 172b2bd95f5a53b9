package edit

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/diff"
	"drey/views/edit/yamldoc"
	"drey/views/frame"
)

// margin is what stands left of the text of a page.
const margin = 1

// page is how many lines of a page are seen.
func (v *View) page() int { return max(v.layout.height-2, 1) }

// View implements views.View.
func (v *View) View() string {
	l := &v.layout
	if !l.dirty {
		return l.out
	}
	l.dirty = false
	if l.width < 8 || l.height < 4 {
		l.out = ""
		return ""
	}
	t := v.env.Theme
	inner := v.inner()
	verb, name := v.heading()
	title := t.Strong.Render(verb) + " " + t.Accent.Render(clean.Cut(
		clean.Text(name), max(l.width-50, 8), t.Glyphs.Ellipsis,
	))
	l.out = strings.Join(frame.Box(t, true, l.width, l.height, title, v.corner(), inner), "\n")
	return l.out
}

// heading is what is done, and to what.
func (v *View) heading() (verb, name string) {
	if v.draft.New || v.start.New {
		verb, name = "New", v.rules.Singular
		if made := v.review.Change.Target; v.known && made.Name != "" {
			name += " " + where(made)
		}
		return verb, name
	}
	verb = "Edit"
	if v.phase == reviewing || v.phase == applying || v.phase == ended {
		verb = "Apply"
	}
	return verb, where(v.start.Target)
}

// corner counts what is wrong and what differs.
func (v *View) corner() string {
	t := v.env.Theme
	problems := v.text.Problems
	var parts []string
	switch v.phase {
	case reviewing, applying:
		if !v.known {
			return ""
		}
		problems = v.review.Problems
		if n := len(v.review.Conflicts); n > 0 {
			parts = append(parts, t.Tone(themes.Bad).Render(count(n, "conflict")))
		}
		if v.review.Compared {
			parts = append(parts, t.Text.Render(count(len(v.review.Yours), "change")))
		} else {
			parts = append(parts, t.Dim.Render("not compared"))
		}
	case writing:
		if v.saver.IsStored() {
			parts = append(parts, t.Dim.Render("kept as a draft"))
		}
	default:
		return ""
	}
	errs := yamldoc.Errors(problems)
	if warnings := len(problems) - errs; warnings > 0 {
		parts = append([]string{t.Tone(themes.Warn).Render(count(warnings, "warning"))}, parts...)
	}
	if errs > 0 {
		parts = append([]string{t.Tone(themes.Bad).Render(count(errs, "error"))}, parts...)
	}
	return strings.Join(parts, t.Dim.Render(" "+t.Glyphs.Dot+" "))
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

func (v *View) inner() []string {
	t := v.env.Theme
	switch v.phase {
	case opening:
		if v.err != nil {
			return append(v.errorLines("could not be read"), "", "  "+t.Faint.Render("R asks again"))
		}
		return []string{"", "  " + t.Dim.Render("reading it")}
	case pathing:
		lines := []string{
			"", "  " + t.Text.Render("Path of a YAML or JSON file with one "+v.rules.Singular),
			"  " + t.Accent.Render(t.Glyphs.Crumb) + " " + v.path.View(t, max(v.layout.width-8, 4)),
		}
		if v.err != nil {
			lines = append(append(lines, ""), v.errorLines("could not be read")[1:]...)
		}
		return lines
	case away:
		return []string{"", "  " + t.Dim.Render("open in your editor")}
	case writing:
		return v.drawWriting()
	}
	return v.drawPage()
}

func (v *View) errorLines(what string) []string {
	t := v.env.Theme
	lines := []string{"", "  " + t.Tone(themes.Bad).Render(t.Glyphs.Cross+" "+what)}
	for _, l := range clean.Wrap(clean.Text(v.err.Error()), max(v.layout.width-8, 8)) {
		lines = append(lines, "  "+t.Dim.Render(l))
	}
	return lines
}

// drawWriting is the text, over what is wrong with the line of the cursor.
func (v *View) drawWriting() []string {
	t, width := v.env.Theme, v.layout.width-2
	foot := v.writingFoot(width)
	height := max(v.layout.height-2-len(foot), 1)
	lines := v.text.Lines(t, width, height)
	for len(lines) < height {
		lines = append(lines, "")
	}
	return append(lines, foot...)
}

func (v *View) writingFoot(width int) []string {
	t := v.env.Theme
	if v.text.Finding {
		return []string{" " + t.Dim.Render("find ") + v.text.Find.View(t, max(width-8, 4))}
	}
	if v.failure != "" {
		return v.footLines(yamldoc.Problem{Line: v.failureLine(), Text: "not applied: " + v.failure}, width)
	}
	if p, ok := v.text.ProblemAt(v.text.Text.Cursor().Row); ok {
		return v.footLines(p, width)
	}
	for _, p := range v.text.Problems {
		if !p.Warning {
			return v.footLines(p, width)
		}
	}
	return []string{""}
}

// mostFoot is how many lines of a message stand below the text; the page of the
// review shows all of it.
const mostFoot = 3

func (v *View) footLines(p yamldoc.Problem, width int) []string {
	lines := v.problemLines(p, width-margin-1)
	if len(lines) > mostFoot {
		lines = append(lines[:mostFoot-1], v.env.Theme.Faint.Render("   the whole of it: esc"))
	}
	return lines
}

// problemLines is a problem with its sign and line.
func (v *View) problemLines(p yamldoc.Problem, width int) []string {
	t := v.env.Theme
	sign, tone := t.Glyphs.Cross, themes.Bad
	if p.Warning {
		sign, tone = t.Glyphs.Tone(themes.Warn), themes.Warn
	}
	var lines []string
	head := " " + t.Tone(tone).Render(sign) + " "
	for part := range strings.SplitSeq(lineWord(p.Line)+p.Text, "\n") {
		for _, line := range clean.Wrap(clean.Text(part), max(width-4, 8)) {
			lines = append(lines, head+t.Text.Render(line))
			head = "   "
		}
	}
	return lines
}

// drawPage is the window of the page.
func (v *View) drawPage() []string {
	l := &v.layout
	if l.lines == nil {
		l.lines = v.pageLines(l.width - 2 - 2*margin)
	}
	l.top = max(min(l.top, len(l.lines)-v.page()), 0)
	out := make([]string, 0, v.page())
	last := min(l.top+v.page(), len(l.lines))
	for _, line := range l.lines[l.top:last] {
		out = append(out, clean.Blanks(margin)+line)
	}
	if more := len(l.lines) - last; more > 0 {
		t := v.env.Theme
		text := fmt.Sprintf(
			"%s %s  %s", t.Glyphs.Ellipsis, count(more+1, "more line"), v.env.Keys.Move.PageDown.Help().Key,
		)
		out[len(out)-1] = clean.Blanks(margin) + t.Accent.Render(text)
	}
	return out
}

func (v *View) pageLines(width int) []string {
	t := v.env.Theme
	var lines []string
	if v.phase == applying || v.phase == ended {
		lines = append(lines, v.progressLines(width)...)
	}
	if v.failure != "" {
		lines = append(lines, t.Tone(themes.Bad).Render("Not applied"))
		lines = append(lines, v.problemLines(v.failureProblems()[0], width)...)
		lines = append(lines, "")
	}
	switch {
	case v.err != nil:
		lines = append(lines, v.errorLines("could not be compared")[1:]...)
		return append(lines, "", t.Faint.Render("R asks again; e edits again; what you wrote is kept"))
	case !v.known:
		return append(lines, t.Dim.Render("comparing it with the "+v.rules.Singular+" as it is now"))
	}
	lines = append(lines, v.checkLines(width)...)
	if !v.review.Compared {
		return append(lines, wrapped(t.Dim, "nothing can be compared or sent until the text can be read", width)...)
	}
	if v.review.Change.New { // what is new is long
		return append(append(lines, v.consequenceLines(width)...), v.newLines(width)...)
	}
	lines = append(lines, v.conflictLines(width, len(lines))...)
	lines = append(lines, v.changeLines(width)...)
	return append(lines, v.consequenceLines(width)...)
}

// newLines is a new object as it will be sent, without secrets.
func (v *View) newLines(width int) []string {
	t := v.env.Theme
	raw, _ := json.Marshal(diff.Masked(nil, v.review.Change.Merged, v.secret)) // it was read from JSON
	text, err := yamldoc.Render(raw, nil)
	if err != nil {
		return nil
	}
	lines, remarks := []string{"", t.Head.Render(strings.ToUpper("new " + v.rules.Singular))}, map[int]string{}
	doc, _ := yamldoc.Parse(text)
	for _, r := range v.review.Remarks {
		remarks[yamldoc.LineOf(doc, r.Path)] = r.Text
	}
	var shown []string
	below := map[int]string{} // what is said below a line of shown
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		shown = append(shown, clean.Wrap(clean.Line(line), max(width-1, 8))...)
		if remark := remarks[i+1]; remark != "" {
			below[len(shown)-1] = line[:len(line)-len(strings.TrimLeft(line, " "))] + "  " + t.Glyphs.Arrow + " " + remark
		}
	}
	for i, line := range t.YAML(strings.Join(shown, "\n")) {
		lines = append(lines, " "+line)
		if remark := below[i]; remark != "" {
			lines = append(lines, wrapped(t.Accent, remark, width)...)
		}
	}
	return lines
}

func (v *View) checkLines(width int) []string {
	t, r := v.env.Theme, v.review
	if len(r.Problems) == 0 {
		return []string{t.Tone(themes.Good).Render(t.Glyphs.Check) + " " + t.Text.Render("nothing wrong was found"), ""}
	}
	lines := []string{t.Head.Render("CHECKS")}
	for _, p := range r.Problems {
		lines = append(lines, v.problemLines(p, width)...)
	}
	return append(lines, "")
}

// secret tells what is not shown.
func (v *View) secret(p diff.Path) bool {
	return diff.SecretPath(p) || v.rules.Private && len(p) > 1 && p[0] == "spec" && p[1] == "data" && len(p) > 2
}

// shown are the entries in which two documents differ, without secrets.
func (v *View) shown(left, right any) []diff.Entry {
	var out []diff.Entry
	for _, e := range diff.Compare(left, right, v.secret) {
		if e.Kind != diff.Same || v.layout.all {
			e.Remark = v.review.remarkAt(e.Path)
			out = append(out, e)
		}
	}
	return out
}

func (v *View) changeLines(width int) []string {
	t, r := v.env.Theme, v.review
	var lines []string
	switch {
	case r.Unchanged():
		lines = append(lines, t.Dim.Render("nothing differs from the "+v.rules.Singular+" as it is"))
	default:
		lines = append(lines, t.Head.Render("YOUR CHANGES"))
	}
	lines = append(
		lines, diff.Draw(t, "live", "yours", v.shown(r.Change.Live, r.Change.Merged), width, v.layout.all)...,
	)
	if theirs := r.theirs(v.secret); len(theirs) > 0 && !r.Change.New {
		lines = append(lines, "", t.Tone(themes.Accent).Render("~ CHANGED MEANWHILE BY OTHERS, KEPT"))
		lines = append(lines, diff.Draw(t, "base", "live", theirs, width, false)...)
	}
	return append(lines, "")
}

// consequenceLines say what happens and what will be sent.
func (v *View) consequenceLines(width int) []string {
	t, r := v.env.Theme, v.review
	if !r.Ready() && v.phase != applying {
		if yamldoc.Errors(r.Problems) > 0 { // they stand above
			return wrapped(t.Tone(themes.Warn), "nothing is sent until the errors are mended: "+v.env.Keys.Draft.Edit.Help().Key+
				" edits again", width)
		}
		if err := r.notReady(v.env.Keys); err != nil && !r.Unchanged() {
			return append([]string{t.Head.Render("NOT YET")}, wrapped(t.Tone(themes.Warn), err.Error(), width)...)
		}
		return nil
	}
	var lines []string
	if v.rules.Will != nil {
		if f := v.rules.Will(r.Change); f.Text != "" {
			lines = append(lines, t.Head.Render("WHAT HAPPENS"))
			lines = append(append(lines, wrapped(t.Tone(f.Tone), f.Text, width)...), "")
		}
	}
	if v.phase == applying || v.phase == ended {
		return lines
	}
	lines = append(lines, t.Head.Render("WILL BE SENT"))
	for _, request := range requests(v.rules.Plan(r.Change), v.env.Server.Root) {
		lines = append(lines, wrapped(t.Link, request, width)...)
	}
	if v.env.Server.ReadOnly != views.Writable {
		lines = append(lines, wrapped(t.Tone(themes.Warn), errReadOnly.Error(), width)...)
	}
	return lines
}

func wrapped(style themes.Style, text string, width int) []string {
	var lines []string
	for _, part := range clean.Wrap(clean.Text(text), max(width-1, 8)) {
		lines = append(lines, " "+style.Render(part))
	}
	return lines
}

// progressLines are the steps as they go, and how the object is.
func (v *View) progressLines(width int) []string {
	t := v.env.Theme
	if v.progress == nil {
		return nil
	}
	steps, state, since, sent, isEnded, err := v.progress.snapshot()
	lines := []string{t.Head.Render("STEPS")}
	for i, s := range steps {
		sign, tone := t.Glyphs.Check, themes.Good
		switch {
		case s.Err != nil:
			sign, tone = t.Glyphs.Cross, themes.Bad
		case i == len(steps)-1 && !sent:
			sign, tone = t.Glyphs.Tone(themes.Busy), themes.Busy
		}
		text := s.Method + " " + shortPath(s.Path, v.env.Server.Root)
		if s.Remark != "" {
			text += "  " + s.Remark
		}
		for n, part := range clean.Wrap(clean.Text(text), max(width-3, 8)) {
			if n > 0 {
				sign = " "
			}
			lines = append(lines, " "+t.Tone(tone).Render(sign)+" "+t.Text.Render(part))
		}
	}
	if state.Word != "" {
		elapsed := ""
		if !isEnded {
			elapsed = "  " + v.env.Now().Sub(since).Truncate(time.Second).String()
		}
		lines = append(
			lines,
			" "+t.Tone(state.Tone).Render(t.Glyphs.Tone(state.Tone)+" "+clean.Text(state.Word))+t.Dim.Render(elapsed),
		)
	}
	switch {
	case isEnded && err != nil:
		lines = append(lines, "", t.Tone(themes.Bad).Render("The change was taken, and what came of it is wrong"))
		lines = append(lines, wrapped(t.Text, err.Error(), width)...)
	case isEnded:
		lines = append(lines, "", t.Tone(themes.Good).Render(t.Glyphs.Check+" done")+t.Dim.Render("   esc back"))
	case sent:
		lines = append(lines, t.Faint.Render("   followed until it is as you asked; you can leave meanwhile"))
	}
	return append(lines, "")
}
