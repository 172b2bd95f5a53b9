package console

import (
	"fmt"
	"strings"
	"testing"

	"drey/client"
	"drey/themes"
	"drey/ui/uitest"
	"drey/views/clean"
)

// operatorScreens are those of an operator's day, from the list of applications.
var operatorScreens = []struct {
	name string
	keys [][]string
	wait []string // what shows that the keys have done their part, one each
}{
	{"wizard", [][]string{{"s"}}, []string{"What will be sent"}},
	{"edit", [][]string{{"e"}}, []string{"check and compare"}},
	{"diff", [][]string{{"="}, {"y"}}, []string{"With what?", "spec.image"}},
	{"why", [][]string{{"w"}}, []string{"cause"}},
	{"describe", [][]string{{"d"}}, []string{"EVENTS"}},
	{"used by", [][]string{{"b"}}, []string{"FINISHED"}},
	{"palette", [][]string{{":", "t", "h"}}, []string{"theme light"}},
	{"copy menu", [][]string{{"C"}}, []string{"curl"}},
	{"actions", [][]string{{"L"}}, []string{"nothing was done from here yet"}},
	{"delete", [][]string{{"D"}}, []string{"1 savepoint"}},
}

// TestEveryScreenSaysTheSameInEveryLook draws each screen at one of three sizes in turn:
// without colours it says what it says with them, and in ASCII it has no other sign.
func TestEveryScreenSaysTheSameInEveryLook(t *testing.T) {
	t.Parallel()
	c := still(t)
	for i, scene := range operatorScreens {
		for _, size := range sizes[i%len(sizes) : i%len(sizes)+1] {
			t.Run(fmt.Sprintf("%s-%dx%d", scene.name, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				shown := func(o themes.Options) *uitest.Driver {
					own := connect(t, c.URL(), client.Config{}) // with a budget of its own
					draft := drafting(t)
					d := open(t, own, size[0], size[1], func(opts *Options) {
						draft(opts)
						opts.Theme, _ = themes.New(o)
					})
					d.WaitForText("20 applications", "3 failing", "live")
					waitForCauses(d, size[0])
					d.WaitIdle()
					for i, keys := range scene.keys {
						d.Press(keys...)
						d.WaitForText(scene.wait[i])
					}
					d.WaitFor(func(screen string) bool { return !strings.Contains(screen, "looking at it again") })
					d.WaitIdle()
					d.CheckSize(size[0], size[1])
					return d
				}
				full := shown(themes.Options{}).Screen()
				bare := shown(themes.Options{Depth: themes.NoColour})
				if got := bare.Screen(); uitest.ScrubIDs(got) != uitest.ScrubIDs(full) {
					t.Errorf("without colours it says\n%s\nwith them\n%s", got, full)
				}
				if coloured := bare.Coloured(); strings.Contains(coloured, "\x1b[38;") ||
					strings.Contains(coloured, "\x1b[48;") {
					t.Error("there is a colour in it")
				}
				ascii := clean.Plain(shown(themes.Options{ASCII: true}).Screen())
				for _, r := range ascii {
					if r > 126 {
						t.Fatalf("%q is in it:\n%s", r, ascii)
					}
				}
			})
		}
	}
}
