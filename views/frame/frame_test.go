package frame

import (
	"strings"
	"testing"

	"drey/themes"
	"drey/views/clean"
)

// TestABoxHasExactlyItsSize at every size, with titles and lines that are too long, wide or
// styled.
func TestABoxHasExactlyItsSize(t *testing.T) {
	theme, _ := themes.New(themes.Options{})
	lines := []string{
		"", "short", strings.Repeat("long ", 60), "漢字" + strings.Repeat("漢字", 40),
		theme.Strong.Render("styled"),
	}
	for width := range 60 {
		for height := range 9 {
			for _, title := range []string{"", "orders", strings.Repeat("漢", 40)} {
				for _, corner := range []string{"", "3 of 20", strings.Repeat("x", 50)} {
					box := Box(theme, height%2 == 0, width, height, title, corner, lines)
					if len(box) != height {
						t.Fatalf("%d lines at %dx%d", len(box), width, height)
					}
					for _, line := range box {
						if got := clean.Width(clean.Plain(line)); width > 1 && got != width {
							t.Fatalf("%d cells at %dx%d: %q", got, width, height, clean.Plain(line))
						}
					}
				}
			}
		}
	}
}

// TestATitleGoesBeforeACorner where both have no space, and is cut where it has none.
func TestATitleGoesBeforeACorner(t *testing.T) {
	theme, _ := themes.New(themes.Options{Depth: themes.NoColour})
	for _, c := range []struct {
		width       int
		left, right string
		want        string
	}{
		{26, "orders", "2 of 5", "┌─ orders ────── 2 of 5 ─┐"},
		{16, "orders", "2 of 5", "┌─ orders ─────┐"},
		{10, "orders-enriched", "", "┌─ ord… ─┐"},
		{3, "orders", "", "┌─┐"},
		{1, "orders", "", " "},
	} {
		if got := clean.Plain(Top(theme, false, c.width, c.left, c.right)); got != c.want {
			t.Errorf("%d cells: got %q, want %q", c.width, got, c.want)
		}
	}
}
