package tty_test

import (
	"testing"

	"drey/themes"
	"drey/ui/console/tty"
)

func TestTheAnswerAboutTheGroundIsTakenOutOfTheKeys(t *testing.T) {
	const light, dark = "\x1b]11;rgb:ffff/fafa/f0f0\x1b\\", "\x1b]11;rgb:1e/1e/2e\x07"
	for name, tc := range map[string]struct {
		parts []string
		keys  string
		want  themes.Ground
	}{
		"alone":           {[]string{light}, "", themes.LightGround},
		"with a bell":     {[]string{dark}, "", themes.DarkGround},
		"between keys":    {[]string{"jj" + light + "k"}, "jjk", themes.LightGround},
		"in two parts":    {[]string{"j" + light[:9], light[9:] + "k"}, "jk", themes.LightGround},
		"before its end":  {[]string{light[:len(light)-1], "\\k"}, "k", themes.LightGround},
		"never":           {[]string{"j", "\x1b", "\x1b[A", "\x1b]x"}, "j\x1b\x1b[A\x1b]x", themes.UnknownGround},
		"escape is a key": {[]string{"\x1b"}, "\x1b", themes.UnknownGround},
		"another answer":  {[]string{"\x1b]10;rgb:00/00/00\x07"}, "\x1b]10;rgb:00/00/00\x07", themes.UnknownGround},
		"broken":          {[]string{"\x1b]11;rgb:" + "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"}, "\x1b]11;rgb:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", themes.UnknownGround},
	} {
		t.Run(name, func(t *testing.T) {
			var a tty.GroundAnswer
			keys, got := "", themes.UnknownGround
			for _, part := range tc.parts {
				rest, ground := a.From([]byte(part))
				keys += string(rest)
				if ground != themes.UnknownGround {
					got = ground
				}
			}
			if keys != tc.keys || got != tc.want {
				t.Errorf("got %q and %d, want %q and %d", keys, got, tc.keys, tc.want)
			}
		})
	}
}

func FuzzNothingButTheAnswerIsTakenOutOfTheKeys(f *testing.F) {
	f.Add([]byte("jj\x1b]11;rgb:ffff/fafa/f0f0\x1b\\k"), 5)
	f.Add([]byte("\x1b[200~text\x1b[201~"), 3)
	f.Fuzz(func(t *testing.T, input []byte, at int) {
		at = max(min(at, len(input)), 0)
		var a tty.GroundAnswer
		var got []byte
		for _, part := range [][]byte{input[:at], input[at:]} {
			rest, _ := a.From(part)
			got = append(got, rest...)
		}
		got = append(got, a.Begun...)
		want := input
		if m := tty.GroundColour.FindIndex(input); m != nil && a.Found {
			want = append(append([]byte{}, input[:m[0]]...), input[m[1]:]...)
		}
		if string(got) != string(want) {
			t.Errorf("%q cut at %d: got %q, want %q", input, at, got, want)
		}
	})
}
