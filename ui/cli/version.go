package cli

import (
	"fmt"
	"runtime/debug"
)

// version is the module's version as it was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// buildVersion is the version with the revision of the source and the Go that
// it was built with, as far as the build knows them.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version()
	}
	return versionOf(version(), info)
}

func versionOf(version string, info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	text := version
	if revision := settings["vcs.revision"]; revision != "" {
		text += " (revision " + revision[:min(len(revision), 12)]
		if settings["vcs.modified"] == "true" {
			text += ", changed"
		}
		text += ")"
	}
	return fmt.Sprintf("%s, %s", text, info.GoVersion)
}
