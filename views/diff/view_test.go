package diff_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/ui/uitest"
	"drey/views"
	"drey/views/diff"
)

// screen is a program that shows nothing but a view.
type screen struct{ v *diff.View }

// Init, View and Close are the view's.
func (s screen) Init() tea.Cmd { return s.v.Init() }
func (s screen) View() string  { return s.v.View() }
func (s screen) Close()        { s.v.Close() }

func (s screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		s.v.SetSize(msg.Width, msg.Height)
	case views.Answer:
		if s.v.Accept(msg) {
			return s, s.v.Update(msg.Msg)
		}
	case tea.KeyMsg:
		if msg.String() == "z" {
			s.v.Zoom()
			return s, nil
		}
		return s, s.v.Update(msg)
	}
	return s, nil
}

func env(t testing.TB, options themes.Options) *views.Env {
	t.Helper()
	theme, _ := themes.New(options)
	return &views.Env{Context: t.Context(), Theme: theme, Keys: keymap.Default(), Now: time.Now}
}

const ordersInProd = `{"spec":{"image":"registry.example/flink/orders:3.2.0","job":{"parallelism":8,"upgradeMode":"savepoint"},
"flinkConfiguration":{"taskmanager.numberOfTaskSlots":"2","state.backend.type":"rocksdb","execution.checkpointing.interval":"60s"},
"podTemplate":{"containers":[{"name":"main","env":[{"name":"KAFKA_PASSWORD","value":"one"},{"name":"LEVEL","value":"info"}]}]},
"statement":"SELECT a,\n  b,\n  c\nFROM t\nWHERE a > 1\n"}}`

const ordersInStaging = `{"spec":{"job":{"upgradeMode":"savepoint","parallelism":2},"image":"registry.example/flink/orders:3.3.0-rc1",
"flinkConfiguration":{"execution.checkpointing.interval":"60s","taskmanager.numberOfTaskSlots":"4","table.exec.state.ttl":"1h"},
"podTemplate":{"containers":[{"name":"main","env":[{"name":"LEVEL","value":"debug"},{"name":"KAFKA_PASSWORD","value":"two"}]}]},
"statement":"SELECT a,\n  b,\n  d\nFROM t\nWHERE a > 1\n"}}`

func sides(t testing.TB) diff.Loader {
	left, right := parse(t, ordersInProd), parse(t, ordersInStaging)
	return func(context.Context) (diff.Sides, error) {
		return diff.Sides{
			Left: diff.Side{Name: "orders in prod", Doc: left}, Right: diff.Side{Name: "orders in staging", Doc: right},
			Secret: func(p diff.Path) bool { return strings.Contains(strings.ToLower(p.String()), "password") },
		}, nil
	}
}

func TestScreens(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 40}, {220, 50}} {
		for _, scene := range []struct {
			name string
			keys []string
			look themes.Options
		}{
			{"changes", nil, themes.Options{}},
			{"all", []string{"z"}, themes.Options{}},
			{"plain", nil, themes.Options{Depth: themes.NoColour, ASCII: true}},
		} {
			name := fmt.Sprintf("diff-%s-%dx%d", scene.name, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				d := uitest.New(t, screen{diff.New(env(t, scene.look), "orders", sides(t))}, size[0], size[1])
				d.WaitForText("differ")
				d.Press(scene.keys...)
				d.CheckSize(size[0], size[1])
				d.Golden(name)
				if text := d.Screen(); strings.Contains(text, "one") && !strings.Contains(text, "one ") {
					t.Error("a secret is shown")
				}
			})
		}
	}
}

func TestNoSecretIsShownOrCopied(t *testing.T) {
	s, err := sides(t)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text := diff.Text("a", "b", diff.Compare(s.Left.Doc, s.Right.Doc, s.Secret))
	if strings.Contains(text, `"value"`) || strings.Contains(text, "\n- one") || strings.Contains(text, "two") ||
		!strings.Contains(text, diff.Mask) {
		t.Errorf("copied:\n%s", text)
	}
}

// TestLongNamesOfBothSidesAreWhole at 80 columns, where the heading has not the width.
func TestLongNamesOfBothSidesAreWhole(t *testing.T) {
	load := sides(t)
	left, right := "orders-enriched in production", "instance of 2026-03-04 09:00:00 of orders-enriched in staging"
	named := func(ctx context.Context) (diff.Sides, error) {
		both, err := load(ctx)
		both.Left.Name, both.Right.Name = left, right
		return both, err
	}
	d := uitest.New(t, screen{diff.New(env(t, themes.Options{}), "diff of orders", named)}, 80, 24)
	d.WaitForText("- "+left, "+ "+right, "parallelism")
	d.CheckSize(80, 24)
	d.Press("G")
	d.WaitForText("- "+left, "WHERE a > 1")
	d.CheckSize(80, 24)
}

func TestAnErrorIsSaid(t *testing.T) {
	d := uitest.New(t, screen{diff.New(env(t, themes.Options{}), "orders", func(context.Context) (diff.Sides, error) {
		return diff.Sides{}, fmt.Errorf("not found\x1b[2J")
	})}, 80, 24)
	d.WaitForText("could not be read", "not found", "R asks again")
	if strings.Contains(d.Coloured(), "\x1b[2J") {
		t.Error("a byte of the error reaches the terminal")
	}
}

// large is a document of about 2,000 values.
func large(n int) any {
	configuration := map[string]any{}
	for i := range 2000 {
		configuration[fmt.Sprintf("option.%04d.name", i)] = json.Number(fmt.Sprint(i * (1 + n*(i%7))))
	}
	return map[string]any{"spec": map[string]any{"flinkConfiguration": configuration}}
}

func BenchmarkTwoThousandLines(b *testing.B) {
	left, right := large(0), large(1)
	e := env(b, themes.Options{})
	for b.Loop() {
		v := diff.New(e, "large", func(context.Context) (diff.Sides, error) {
			return diff.Sides{Left: diff.Side{Name: "a", Doc: left}, Right: diff.Side{Name: "b", Doc: right}}, nil
		})
		v.SetSize(140, 40)
		answer, _ := v.Init()().(views.Answer)
		if v.Accept(answer) {
			_ = v.Update(answer.Msg)
		}
		v.Zoom()
		if v.View() == "" {
			b.Fatal("nothing was drawn")
		}
	}
}
