package diff

import (
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"drey/themes"
	"drey/views/clean"
)

// line is a drawn line.
type line struct {
	styled string
	change bool // the first of something that differs
	// entry is what it is a line of, from 1; 0 for a line of several.
	entry int
}

// sideBySideFrom is how wide the inside has to be for both sides to stand beside
// each other.
const sideBySideFrom = 132

// layout draws entries in a width.
type layout struct {
	theme       *themes.Theme
	left, right string // names of the sides
	width       int
	all         bool // what is the same, too
	lines       []line
	current     int // the entry that is drawn, as line has it
}

// shown are the entries that lines are drawn of.
func (l *layout) shown(entries []Entry) []Entry {
	if l.all {
		return entries
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Kind == Same })
}

func (l *layout) draw(entries []Entry) []line {
	shown := l.shown(entries)
	for i := 0; i < len(shown); {
		parent := parentOf(shown[i])
		n := 1
		for i+n < len(shown) && parentOf(shown[i+n]) == parent {
			n++
		}
		if n == 1 || parent == "" {
			for j, e := range shown[i : i+n] {
				l.current = i + j + 1
				l.entry(e, "", e.Path.String())
			}
			i += n
			continue
		}
		l.current = 0
		l.add(false, l.theme.Head.Render(clean.Text(parent)))
		for j, e := range shown[i : i+n] {
			l.current = i + j + 1
			l.entry(e, "  ", e.Path[len(e.Path)-1])
		}
		i += n
	}
	return l.lines
}

func parentOf(e Entry) string {
	if len(e.Path) < 2 {
		return ""
	}
	return e.Path[:len(e.Path)-1].String()
}

func (l *layout) add(change bool, styled string) {
	l.lines = append(l.lines, line{styled, change, l.current})
}

func (l *layout) entry(e Entry, indent, label string) {
	multi := strings.Contains(e.Left, "\n") || strings.Contains(e.Right, "\n")
	switch {
	case multi && e.Kind == Changed:
		l.add(true, indent+l.theme.Text.Render(clean.Text(label)))
		l.textDiff(e, indent+"  ")
	case l.width >= sideBySideFrom:
		l.beside(e, indent, label)
	default:
		l.below(e, indent, label)
	}
	if e.Remark != "" {
		l.remark(e.Remark, indent+"  ")
	}
}

// remark draws what is said below a value: where both sides stand beside each other, below
// the right one.
func (l *layout) remark(text, indent string) {
	if l.width >= sideBySideFrom {
		labelWidth, valueWidth := l.columns()
		indent = clean.Blanks(labelWidth + valueWidth + 3)
	}
	for i, part := range wrapped(l.theme.Glyphs.Arrow+" "+clean.Text(text), l.width-len(indent)) {
		if i > 0 {
			part = "  " + part
		}
		l.add(false, indent+l.theme.Accent.Render(part))
	}
}

// columns are how wide labels and values are where both sides stand beside each other.
func (l *layout) columns() (label, value int) {
	label = l.width / 3
	return label, (l.width - label - 4) / 2
}

// beside draws a value of both sides next to each other.
func (l *layout) beside(e Entry, indent, label string) {
	t := l.theme
	labelWidth, valueWidth := l.columns()
	labels := clean.Wrap(indent+clean.Text(label), labelWidth-1)
	left := wrapped(e.Left, valueWidth)
	right := wrapped(e.Right, valueWidth)
	leftStyle, rightStyle := t.Dim, t.Dim
	switch e.Kind {
	case Changed:
		leftStyle, rightStyle = t.Tone(themes.Bad), t.Tone(themes.Good)
	case OnlyLeft:
		leftStyle, right, rightStyle = t.Tone(themes.Bad), []string{l.only(l.left)}, t.Faint
	case OnlyRight:
		rightStyle, left, leftStyle = t.Tone(themes.Good), []string{l.only(l.right)}, t.Faint
	}
	style := t.Text
	if e.Kind == Same {
		style = t.Dim
	}
	for i := range max(len(labels), len(left), len(right)) {
		l.add(i == 0 && e.Kind != Same, style.Render(clean.Fit(at(labels, i), labelWidth, ""))+
			leftStyle.Render(clean.Fit(at(left, i), valueWidth, ""))+t.Frame.Render(" "+t.Glyphs.V+" ")+
			rightStyle.Render(clean.Fit(at(right, i), valueWidth, "")))
	}
}

func (l *layout) only(side string) string {
	return l.theme.Glyphs.Dash + "  only in " + clean.Text(side)
}

// below draws a value of both sides under its path.
func (l *layout) below(e Entry, indent, label string) {
	t := l.theme
	if e.Kind == Same {
		for i, part := range wrapped(label+": "+e.Left, l.width-len(indent)) {
			if i > 0 {
				part = "  " + part
			}
			l.add(false, indent+t.Dim.Render(part))
		}
		return
	}
	suffix := map[Kind]string{
		OnlyLeft: "  only in " + clean.Text(l.left), OnlyRight: "  only in " + clean.Text(l.right),
	}[e.Kind]
	for i, part := range clean.Wrap(clean.Text(label), max(l.width-len(indent)-clean.Width(suffix), 8)) {
		if i > 0 {
			suffix = ""
		}
		l.add(i == 0, indent+t.Text.Render(part)+t.Faint.Render(suffix))
	}
	if e.Kind != OnlyRight {
		l.marked(indent, "- ", e.Left, t.Tone(themes.Bad))
	}
	if e.Kind != OnlyLeft {
		l.marked(indent, "+ ", e.Right, t.Tone(themes.Good))
	}
}

func (l *layout) marked(indent, sign, text string, style themes.Style) {
	for i, part := range wrapped(text, max(l.width-len(indent)-len(sign), 8)) {
		if i > 0 {
			sign = "  "
		}
		l.add(false, indent+style.Render(sign+part))
	}
}

// textContext is how many lines around a change of a long text are shown.
const textContext = 2

// textDiff draws what differs between two texts of several lines.
func (l *layout) textDiff(e Entry, indent string) {
	left, right := withEnd(e.Left), withEnd(e.Right)
	context := textContext
	if l.all {
		context = strings.Count(left, "\n") + 1
	}
	unified, err := udiff.ToUnifiedDiff("", "", left, udiff.Lines(left, right), context)
	if err != nil {
		return // the edits are of these texts
	}
	t := l.theme
	for i, hunk := range unified.Hunks {
		if i > 0 {
			l.add(false, indent+t.Faint.Render(t.Glyphs.Ellipsis))
		}
		for _, part := range hunk.Lines {
			text := strings.TrimSuffix(part.Content, "\n")
			switch part.Kind {
			case udiff.Delete:
				l.marked(indent, "- ", text, t.Tone(themes.Bad))
			case udiff.Insert:
				l.marked(indent, "+ ", text, t.Tone(themes.Good))
			default:
				l.marked(indent, "  ", text, t.Dim)
			}
		}
	}
}

func withEnd(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}

func wrapped(text string, width int) []string {
	var out []string
	for part := range strings.SplitSeq(text, "\n") {
		out = append(out, clean.Wrap(clean.Line(part), max(width, 8))...)
	}
	return out
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// Text is what differs as plain text, for a ticket.
func Text(left, right string, entries []Entry) string {
	var b strings.Builder
	b.WriteString("--- " + left + "\n+++ " + right + "\n")
	for _, e := range entries {
		if e.Kind == Same {
			continue
		}
		b.WriteString(e.Path.String() + "\n")
		if e.Kind != OnlyRight {
			b.WriteString("- " + strings.ReplaceAll(e.Left, "\n", "\n  ") + "\n")
		}
		if e.Kind != OnlyLeft {
			b.WriteString("+ " + strings.ReplaceAll(e.Right, "\n", "\n  ") + "\n")
		}
		if e.Remark != "" {
			b.WriteString("# " + e.Remark + "\n")
		}
	}
	return b.String()
}
