package console

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drey/client/ccloud"
	"drey/client/ccloudapi/ccloudtest"
	"drey/ui/uitest"
)

// openCloudFiles opens a console whose files are those of a folder.
func openCloudFiles(t *testing.T, s *ccloudtest.Server, dir string) *uitest.Driver {
	t.Helper()
	settings := cloudSettings(s)
	settings.OpenFile = func(path string) (io.ReadCloser, int64, error) {
		file, err := os.Open(filepath.Join(dir, path))
		if err != nil {
			return nil, 0, err
		}
		info, err := file.Stat()
		return file, info.Size(), err
	}
	d := openCloudWith(t, settings, 140, 44)
	d.WaitForText("fraud-scores")
	d.Press("6")
	d.WaitForText("1 artifact", "cfa-1")
	return d
}

// beginArtifact opens the template of a new artifact for the first environment.
func beginArtifact(d *uitest.Driver) {
	d.Press("a")
	d.WaitForText("What should it begin with?", "A template")
	d.Press("y")
	d.WaitForText("display_name: my-functions", "check and compare")
	d.Press("alt+/")
	d.Type("environment:")
	d.Press("enter", "home")
	for range len("environment:") {
		d.Press("right")
	}
	d.Press("ctrl+k")
	d.Type(" " + ccloudtest.Environment)
}

// TestAnArtifactIsUploadedFromTheConsole says first that there is no such file, and
// looks the artifact up by its name after a lost answer.
func TestAnArtifactIsUploadedFromTheConsole(t *testing.T) {
	t.Parallel()
	s, dir := cloud(t, ccloudtest.Quirks{LoseArtifact: true}), t.TempDir()
	d := openCloudFiles(t, s, dir)
	beginArtifact(d)
	d.Press("esc")
	d.WaitForText("there is no file functions.jar")
	content := bytes.Repeat([]byte("class"), 50_000)
	if err := os.WriteFile(filepath.Join(dir, "functions.jar"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	d.Press("e", "esc")
	d.WaitForText("nothing wrong was found", "POST")
	d.Press("enter")
	d.WaitForText("Create my-functions", "What will be sent", ccloud.PresignedPath, "without your credentials")
	d.Press("y")
	d.WaitForText("✓ done", "250 kB of 250 kB")
	if strings.Contains(d.Screen(), ccloudtest.FormSignature) {
		t.Errorf("the form's signature is shown:\n%s", d.Screen())
	}
	d.Press("esc")
	d.WaitForText("2 artifacts", "artifacts › cfa-new1", "my-functions")
	if !bytes.Equal(s.File("my-functions"), content) {
		t.Error("another file came")
	}
	if want := []string{"POST " + ccloud.PresignedPath, "POST " + ccloud.ArtifactsPath}; !slices.Equal(
		s.Changes(), want,
	) {
		t.Errorf("sent %q, want %q", s.Changes(), want)
	}
	d.Press("@")
	d.Drain(0)
	if strings.Contains(d.Screen(), ccloudtest.FormSignature) {
		t.Errorf("the form's signature is in the calls:\n%s", d.Screen())
	}
}

// TestAFormThatHasExpiredSaysWhatToDo and makes no artifact.
func TestAFormThatHasExpiredSaysWhatToDo(t *testing.T) {
	t.Parallel()
	s, dir := cloud(t, ccloudtest.Quirks{
		StoreRefuses: "AccessDenied: Invalid according to Policy: Policy expired.",
	}), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "functions.jar"), []byte("class"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := openCloudFiles(t, s, dir)
	beginArtifact(d)
	d.Press("esc")
	d.WaitForText("nothing wrong was found")
	d.Press("enter")
	d.WaitForText("Create my-functions")
	d.Press("y")
	d.WaitForText("Policy expired. (403)", "upload again, which asks for a new form")
	if strings.Contains(d.Screen(), ccloudtest.FormSignature) {
		t.Errorf("the form's signature is shown:\n%s", d.Screen())
	}
	if want := []string{"POST " + ccloud.PresignedPath}; !slices.Equal(s.Changes(), want) {
		t.Errorf("sent %q, want %q", s.Changes(), want)
	}
}

// TestAFileThatIsTooLargeIsNoArtifact leaves the text as it was typed.
func TestAFileThatIsTooLargeIsNoArtifact(t *testing.T) {
	t.Parallel()
	s, dir := cloud(t, ccloudtest.Quirks{}), t.TempDir()
	if err := os.WriteFile(
		filepath.Join(dir, "functions.jar"), make([]byte, ccloudtest.LargestFile+1), 0o600,
	); err != nil {
		t.Fatal(err)
	}
	d := openCloudFiles(t, s, dir)
	beginArtifact(d)
	d.Press("esc")
	d.WaitForText("nothing wrong was found")
	d.Press("enter")
	d.WaitForText("Create my-functions")
	d.Press("y")
	d.WaitForText("the server takes 4194304 at most")
	if want := []string{"POST " + ccloud.PresignedPath}; !slices.Equal(s.Changes(), want) {
		t.Errorf("sent %q, want %q", s.Changes(), want)
	}
}
