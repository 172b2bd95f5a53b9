package browse

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/grid"
	"drey/views/resource"
	"drey/views/yaml"
)

// pane is the preview of the selected row. Details are only ever shown below the name of
// the row that they are of; until they are read there is what the list tells of it.
type pane struct {
	asked  string   // key of the row that it is about
	row    grid.Row // as it was then
	of     string   // key of the row that the details are of
	top    int      // lines of it that are scrolled past
	hidden int      // lines below those that are shown, as it was drawn last
	detail resource.Detail
	plain  string   // the source as YAML
	source []string // and coloured
	// wrapped are the lines of source in wrappedTo cells; nil before they are drawn.
	wrapped   []string
	wrappedTo int
	known     bool
	slow      bool // the details take long enough to say that they are read
	err       error
}

const (
	// detailDelay is how long the cursor rests on a row before its details are asked for.
	detailDelay = 90 * time.Millisecond
	// readingAfter is when it is said that they are read.
	readingAfter = detailDelay + 100*time.Millisecond
)

type (
	readingMsg struct{}
	detailMsg  struct {
		key    string
		detail resource.Detail
		plain  string
		source []string
		err    error
	}
)

func (p *pane) clear() { *p = pane{} }

// dropOthers takes away details that are not of the row with this key.
func (p *pane) dropOthers(key string) {
	if p.of != key {
		if p.asked == p.of {
			p.asked = "" // it is asked for again when the cursor comes back
		}
		p.of, p.detail, p.plain, p.source, p.wrapped = "", resource.Detail{}, "", nil, nil
		p.known, p.err = false, nil
	}
}

// scroll moves through what does not fit.
func (p *pane) scroll(by int) {
	p.top = max(p.top+min(by, p.hidden), 0)
}

// UpdatePreview asks for what the rows on the screen lack, and for the details of the
// selected one unless they are there. Whatever moves the cursor or shows other rows has
// to be followed by it: until then there are none.
func (v *View) UpdatePreview() tea.Cmd { return tea.Batch(v.preview(), v.fill()) }

func (v *View) preview() tea.Cmd {
	key := v.grid.Selected()
	at, ok := v.list.at(key)
	if !ok || v.kind.Detail == nil || !v.poll.visible || v.paneHeight() == 0 {
		return nil
	}
	item, row := v.list.items[at], v.list.rows[at]
	if v.pane.asked == key && v.pane.row.Is(&row) {
		return nil
	}
	var reading tea.Cmd
	if v.pane.asked != key {
		v.pane.top, v.pane.slow = 0, false
		reading = v.box.After("reading", readingAfter, readingMsg{})
	}
	v.pane.asked, v.pane.row = key, row
	theme, ask := v.env.Theme, v.kind.Detail
	return tea.Batch(reading, v.box.Ask("look", func(ctx context.Context) tea.Msg {
		timer := time.NewTimer(detailDelay)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		detail, err := ask(ctx, item)
		return newDetail(key, detail, err, theme)
	}))
}

func newDetail(key string, detail resource.Detail, err error, theme *themes.Theme) detailMsg {
	msg := detailMsg{key: key, detail: detail, err: err}
	if fault.Is(err, fault.NotFound) {
		msg.err = errors.New("it is gone")
	}
	if len(detail.Source) == 0 {
		return msg
	}
	text, yamlErr := yaml.FromJSON(detail.Source)
	if yamlErr != nil {
		text = string(detail.Source)
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		lines[i] = clean.Line(lines[i])
	}
	msg.plain = strings.Join(lines, "\n")
	msg.source = theme.YAML(msg.plain)
	return msg
}

func (p *pane) setDetail(msg detailMsg, _ *themes.Theme) {
	if msg.key != p.asked {
		return
	}
	p.dropOthers(msg.key)
	p.of, p.err, p.slow = msg.key, msg.err, false
	switch {
	case msg.err != nil && len(msg.detail.Source) == 0:
		return
	case msg.err == nil || !p.known:
		p.detail, p.known = msg.detail, true
	}
	p.plain, p.source, p.wrapped = msg.plain, msg.source, nil // what else was read stays
}

func (p *pane) restyle(theme *themes.Theme) {
	if p.plain != "" {
		p.source, p.wrapped = theme.YAML(p.plain), nil
	}
}

// tick is how long the ages in the pane stay right.
func (p *pane) tick(now time.Time) time.Duration {
	if len(p.detail.Events) > 0 && now.Sub(p.detail.Events[0].At) < time.Minute {
		return time.Second
	}
	if p.known {
		return time.Minute
	}
	return 0
}

// factLines draws facts as a column of labels and one of texts.
func factLines(t *themes.Theme, facts []views.Fact, width int) []string {
	label := 0
	for _, f := range facts {
		label = max(label, clean.Width(f.Label))
	}
	label = min(label, 14)
	lines := make([]string, 0, len(facts))
	for _, f := range facts {
		if f.Text == "" {
			continue
		}
		for i, part := range clean.Wrap(clean.Text(f.Text), max(width-label-2, 8)) {
			head := f.Label
			if i > 0 {
				head = ""
			}
			lines = append(
				lines, t.Dim.Render(clean.Fit(head, label, t.Glyphs.Ellipsis))+"  "+t.Tone(f.Tone).Render(part),
			)
		}
	}
	return lines
}

// eventLines draws history, newest first.
func eventLines(t *themes.Theme, events []resource.Event, now time.Time, width int) []string {
	lines := make([]string, 0, len(events))
	word := 0
	for _, e := range events {
		word = max(word, clean.Width(e.Word))
	}
	word = min(word, 12)
	for _, e := range events {
		age := clean.Right(grid.AgeText(now.Sub(e.At)), 4, "")
		ageStyle := t.Dim
		if now.Sub(e.At) < time.Minute {
			ageStyle = t.Accent
		}
		style := t.Text
		if e.Tone == themes.Bad || e.Tone == themes.Warn {
			style = t.Tone(e.Tone)
		}
		head := ageStyle.Render(age) + "  " + t.Tone(e.Tone).Render(clean.Fit(
			clean.Text(e.Word), word, t.Glyphs.Ellipsis,
		))
		for _, part := range clean.Wrap(clean.Text(e.Text), max(width-word-8, 8)) {
			lines = append(lines, head+"  "+style.Render(part))
			head = clean.Blanks(word + 6)
		}
	}
	return lines
}
