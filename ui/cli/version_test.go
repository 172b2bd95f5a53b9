package cli

import (
	"runtime/debug"
	"testing"
)

func TestVersionNamesTheRevision(t *testing.T) {
	built := func(settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{GoVersion: "go1.26.8", Settings: settings}
	}
	for want, info := range map[string]*debug.BuildInfo{
		"v1.2.3, go1.26.8":                                  built(),
		"v1.2.3 (revision 0123456789ab), go1.26.8":          built(debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef"}),
		"v1.2.3 (revision 0123456789ab, changed), go1.26.8": built(debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef"}, debug.BuildSetting{Key: "vcs.modified", Value: "true"}),
	} {
		if got := versionOf("v1.2.3", info); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
