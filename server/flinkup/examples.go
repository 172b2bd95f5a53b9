package flinkup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ExamplesJar is the name of the jar with Flink's streaming examples.
const ExamplesJar = "flink-examples-streaming.jar"

// examplesVersion is whose examples run on a version: those of 2.3.0 on every 2.x
// (flink-verified.md §1).
func examplesVersion(version string) string {
	if strings.HasPrefix(version, "1.") {
		return version
	}
	return "2.3.0"
}

// parentPOM stands for the examples' parent, which is not in every repository:
// nothing of it is needed to copy a jar.
const parentPOM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.apache.flink</groupId><artifactId>flink-examples</artifactId><version>%s</version><packaging>pom</packaging>
</project>
`

// Examples is a folder with ExamplesJar, filled by Maven where it is not there yet.
func Examples(ctx context.Context, o Options) (string, error) {
	if o.Version == "" {
		o.Version = Version
	}
	version := examplesVersion(o.Version)
	folder, err := filepath.Abs(filepath.Join(o.Cache, "examples", version))
	if err != nil {
		return "", fmt.Errorf("folder of Flink's examples: %w", err)
	}
	if _, err := os.Stat(filepath.Join(folder, ExamplesJar)); err == nil {
		return folder, nil
	}
	mvn, err := exec.LookPath("mvn")
	if err != nil {
		return "", ErrMaven
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("folder of Flink's examples: %w", err)
	}
	dir, err := os.MkdirTemp(folder, "fetch-")
	if err != nil {
		return "", fmt.Errorf("folder of Flink's examples: %w", err)
	}
	defer os.RemoveAll(dir)
	pom := filepath.Join(dir, "parent.pom")
	if err := os.WriteFile(pom, fmt.Appendf(nil, parentPOM, version), 0o644); err != nil {
		return "", fmt.Errorf("write parent.pom: %w", err)
	}
	o.tell("fetching Flink's examples with Maven (once)")
	local := "-Dmaven.repo.local=" + filepath.Join(dir, "m2")
	for _, args := range [][]string{
		{"org.apache.maven.plugins:maven-install-plugin:2.5.2:install-file", "-Dfile=" + pom, "-DgroupId=" + flinkGroup, "-DartifactId=flink-examples", "-Dversion=" + version, "-Dpackaging=pom"},
		{"org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy", "-Dartifact=" + flinkGroup + ":flink-examples-streaming:" + version, "-Dmdep.stripVersion=true", "-DoutputDirectory=" + dir},
	} {
		out, err := exec.CommandContext(ctx, mvn, append([]string{"-B", "-q", local}, args...)...).CombinedOutput()
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if err != nil {
			return "", fmt.Errorf("fetch Flink's examples with Maven: %w", errors.New(firstError(string(out), err)))
		}
	}
	if err := os.Rename(filepath.Join(dir, ExamplesJar), filepath.Join(folder, ExamplesJar)); err != nil {
		return "", fmt.Errorf("folder of Flink's examples: %w", err)
	}
	return folder, nil
}
