package flinkup

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"text/template"
)

//go:embed files
var files embed.FS

// artifact is one Maven artifact of the generated pom.
type artifact struct{ Group, Name, Version string }

const (
	flinkGroup = "org.apache.flink"
	logGroup   = "org.apache.logging.log4j"
	logVersion = "2.24.3"
)

// csvVersions are those of flink-csv where not every repository has Flink's own.
var csvVersions = map[string]string{"2.2.1": "2.2.0"}

func artifacts(version string) []artifact {
	var all []artifact
	for _, name := range []string{
		"runtime", "runtime-web", "clients", "streaming-java", "connector-base", "connector-files", "statebackend-rocksdb",
		"table-api-java-bridge", "table-runtime", "table-planner_2.12", "cep", "json", "sql-gateway",
	} {
		all = append(all, artifact{flinkGroup, "flink-" + name, version})
	}
	all = append(all, artifact{flinkGroup, "flink-csv", cmp.Or(csvVersions[version], version)})
	for _, name := range []string{"log4j-api", "log4j-core", "log4j-slf4j-impl", "log4j-1.2-api"} {
		all = append(all, artifact{logGroup, name, logVersion})
	}
	return all
}

// ErrJava and ErrMaven say what to install.
var (
	ErrJava = errors.New(
		"there is no java, and Flink needs Java 17 or newer: install a JDK or JRE 17 (such as openjdk-17-jre-headless), " +
			"or set JAVA_HOME",
	)
	ErrMaven = errors.New("there is no mvn, and Maven fetches the jars of Flink: install Maven 3.8 or newer")
)

var javaVersion = regexp.MustCompile(`version "(\d+)`)

// findJava is the java of JAVA_HOME, or of the path.
func findJava(ctx context.Context) (string, error) {
	java, err := exec.LookPath("java")
	if home := os.Getenv("JAVA_HOME"); home != "" {
		java, err = exec.LookPath(filepath.Join(home, "bin", "java"))
	}
	if err != nil {
		return "", ErrJava
	}
	out, err := exec.CommandContext(ctx, java, "-version").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w (%s -version: %w)", ErrJava, java, err)
	}
	m := javaVersion.FindSubmatch(out)
	if m == nil {
		return java, nil
	}
	if major, err := strconv.Atoi(string(m[1])); err == nil && major < 17 {
		return "", fmt.Errorf(
			"%s is version %d, and Flink needs Java 17 or newer: install a JDK or JRE 17, or set JAVA_HOME", java,
			major,
		)
	}
	return java, nil
}

// fetch is the folder of the jars, filled by Maven where it is not there yet.
// It comes into being whole or not at all.
func (o Options) fetch(ctx context.Context) (string, error) {
	cache, err := filepath.Abs(filepath.Join(o.Cache, o.Version))
	if err != nil {
		return "", fmt.Errorf("folder of Flink's jars: %w", err)
	}
	lib := filepath.Join(cache, "lib")
	if jars, _ := filepath.Glob(filepath.Join(lib, "flink-sql-gateway-*.jar")); len(jars) > 0 {
		return lib, nil
	}
	mvn, err := exec.LookPath("mvn")
	if err != nil {
		return "", ErrMaven
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", fmt.Errorf("folder of Flink's jars: %w", err)
	}
	dir, err := os.MkdirTemp(cache, "fetch-")
	if err != nil {
		return "", fmt.Errorf("folder of Flink's jars: %w", err)
	}
	defer os.RemoveAll(dir)
	pom, err := render("files/pom.xml", map[string]any{"Artifacts": artifacts(o.Version)})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "pom.xml"), pom, 0o644); err != nil {
		return "", fmt.Errorf("write pom.xml: %w", err)
	}
	o.tell("fetching Flink %s with Maven (about 190 MB, once)", o.Version)
	if err := maven(ctx, mvn, dir); err != nil {
		return "", fmt.Errorf("fetch Flink %s with Maven: %w", o.Version, err)
	}
	if err := os.Rename(filepath.Join(dir, "lib"), lib); err != nil {
		return "", fmt.Errorf("folder of Flink's jars: %w", err)
	}
	return lib, nil
}

// maven copies the jars into dir/lib, failing where a checksum is not right; what
// an earlier try did not find is looked for again (-U).
func maven(ctx context.Context, mvn, dir string) error {
	cmd := exec.CommandContext(ctx, mvn, "-B", "-q", "-C", "-U", "-f", filepath.Join(dir, "pom.xml"),
		"dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory="+filepath.Join(dir, "lib"))
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.New(firstError(string(out), err))
}

// firstError is the line of Maven's output that says what went wrong.
func firstError(out string, err error) string {
	for line := range strings.SplitSeq(out, "\n") {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "[ERROR] "); ok {
			return text
		}
	}
	return err.Error()
}

func render(name string, data any) ([]byte, error) {
	t, err := template.ParseFS(files, name)
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	return b.Bytes(), nil
}
