package forms

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/client/fault"
	"drey/views"
	"drey/views/cells"
	"drey/views/diff"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/resource"
)

// OpenFile opens a file of the person's, and says how many bytes it has.
type OpenFile func(path string) (content io.ReadCloser, bytes int64, err error)

// artifactEdits uploads artifacts, and changes what is said of them.
type artifactEdits struct {
	api  *ccloudapi.Client
	open OpenFile // nil: there are no files
}

// artifactMembers are what of an artifact is in its text, beside its file.
var artifactMembers = []string{
	"id", "display_name", "cloud", "region", "content_format", "runtime_language", "class", "description",
	"documentation_link",
}

// artifactText are those of them that may be changed.
var artifactText = []string{"description", "documentation_link"}

func artifactSchema() *yamldoc.Schema {
	const uploaded = "it cannot be changed: upload another artifact (a)"
	return members(map[string]*yamldoc.Schema{
		"id": fixed(yamldoc.Schema{Type: yamldoc.Text}, "the server gives it"), "description": text,
		"documentation_link": text,

		"file":             fixed(yamldoc.Schema{Type: yamldoc.Text}, uploaded),
		"display_name":     fixed(yamldoc.Schema{Type: yamldoc.Text}, uploaded),
		"cloud":            fixed(yamldoc.Schema{Type: yamldoc.Text, Values: clouds}, uploaded),
		"region":           fixed(yamldoc.Schema{Type: yamldoc.Text}, uploaded),
		"content_format":   fixed(yamldoc.Schema{Type: yamldoc.Text, Values: []string{"JAR", "ZIP"}}, uploaded),
		"runtime_language": fixed(yamldoc.Schema{Type: yamldoc.Text, Values: []string{"JAVA", "PYTHON"}}, uploaded),
		"class":            fixed(yamldoc.Schema{Type: yamldoc.Text}, uploaded),
	})
}

const artifactTemplate = `# A new artifact: a file of this machine, for functions to come from.
# Lines beginning with # are comments: they are not sent.
environment: %s # where it goes to; this line is not sent
file: functions.jar # path on this machine: a .jar, or a .zip of Python; ~ is your home folder
display_name: my-functions # at most 60 characters
%scontent_format: JAR # or ZIP
runtime_language: JAVA # or PYTHON
# class: io.acme.Sum # the entry class; the API calls it deprecated: CREATE FUNCTION names it
# description: what it is for
# documentation_link: https://example.com/functions
`

// ArtifactEditor uploads artifacts, and changes what is said of them.
func ArtifactEditor(api *ccloudapi.Client, open OpenFile) *resource.Editor[ccloud.Artifact] {
	e := artifactEdits{api, open}
	return &resource.Editor[ccloud.Artifact]{Rules: edit.Rules{
		Schema: artifactSchema(), Within: "environment", Places: environmentIDs(api),
		Hidden: func(path []string) bool { return len(path) == 1 && !slices.Contains(artifactMembers, path[0]) },
		Template: func(within string) string {
			return fmt.Sprintf(artifactTemplate, within, cloudAndRegion(api, ""))
		},
		Copied:   func(path []string) bool { return len(path) == 1 && path[0] == "id" },
		At:       func(within, name string) views.Ref { return views.Ref{Scope: within, Name: name} },
		NamePath: []string{"display_name"}, Name: e.name, Read: e.read, Check: e.check, Plan: e.plan, Send: e.send,
		Arrived: artifactArrived,
		Will: func(c edit.Change) views.Fact {
			if !c.New {
				return views.Fact{Label: "what happens", Text: "what is said of it changes, its file does not"}
			}
			bytes, _ := e.look(yamldoc.MemberText(c.Merged, "file"))
			return views.Fact{
				Label: "what happens",
				Text:  cells.Size(bytes) + " are uploaded; statements can use it once CREATE FUNCTION names it",
			}
		},
	}}
}

// name is an artifact's id, or what a new one is called, with its region: a name is
// free in each.
func (e artifactEdits) name(doc any) string {
	if id := yamldoc.MemberText(doc, "id"); id != "" {
		return id
	}
	name, region := yamldoc.MemberText(doc, "display_name"), yamldoc.MemberText(doc, "region")
	if len(e.api.Regions()) > 1 && name != "" && region != "" {
		return region + "/" + name
	}
	return name
}

// read reads an artifact by its id, and a new one by its name.
func (e artifactEdits) read(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
	a, err := e.api.Artifact(ctx, ref.Scope, ref.Name)
	if fault.Is(err, fault.NotFound) {
		region, name, found := strings.Cut(ref.Name, "/")
		if !found || !slices.Contains(e.api.Regions(), region) {
			region, name = "", ref.Name
		}
		a, err = e.api.ArtifactNamed(ctx, ref.Scope, region, name)
	}
	if err != nil {
		return a.Raw(), err
	}
	return withTexts(a.Raw())
}

// withTexts is an artifact with each member that may be changed: the server leaves out
// those that are empty, and nobody would see what there is to write.
func withTexts(raw json.RawMessage) (json.RawMessage, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, fmt.Errorf("read the artifact: %w", err)
	}
	for _, name := range artifactText {
		if value := object[name]; len(value) == 0 || string(value) == "null" {
			object[name] = json.RawMessage(`""`)
		}
	}
	return json.Marshal(object)
}

// artifactArrived tells whether a change whose answer was lost has come about.
func artifactArrived(before, now json.RawMessage) bool {
	if len(before) == 0 {
		return true // a name that was free a moment ago is not
	}
	was, err := diff.Parse(before)
	is, failure := diff.Parse(now)
	return err == nil && failure == nil && slices.ContainsFunc(artifactText, func(name string) bool {
		return yamldoc.MemberText(was, name) != yamldoc.MemberText(is, name)
	})
}

// classRule is the API's for class, linkRule that for documentation_link.
var (
	classRule = regexp.MustCompile(`^(([a-zA-Z][a-zA-Z_$0-9]*(\.[a-zA-Z][a-zA-Z_$0-9]*)*)\.)?([a-zA-Z][a-zA-Z_$0-9]*)$`)
	linkRule  = regexp.MustCompile(`^$|^(http://|https://).+`)
)

// largeArtifact is how much Confluent documents as the largest artifact, in bytes. The
// form says what counts: more is warned of only.
const largeArtifact = 100 << 20

// check finds what the server would refuse, before anything is uploaded.
func (e artifactEdits) check(_ context.Context, c edit.Change) []edit.Finding {
	of := func(name string) string { return yamldoc.MemberText(c.Mine, name) }
	var found []edit.Finding
	wrong := func(name, says string) {
		found = append(found, edit.Finding{Path: []string{name}, Text: says})
	}
	for name, most := range map[string]int{
		"display_name": 60, "description": 256, "documentation_link": 512, "class": 150,
	} {
		if n := len([]rune(of(name))); n > most {
			wrong(name, fmt.Sprintf("it has %d characters, and %d are the most", n, most))
		}
	}
	if !linkRule.MatchString(of("documentation_link")) {
		wrong("documentation_link", "want an address that begins with https:// or http://")
	}
	if !c.New {
		return found
	}
	found = append(found, wanted(c.Mine, "file", "display_name", "cloud", "region", "content_format")...)
	if class := of("class"); class != "" && !classRule.MatchString(class) {
		wrong("class", "want the name of a class, such as io.acme.Sum")
	}
	return append(found, e.checkFile(of("file"), of("content_format"))...)
}

// checkFile looks at the file that is to be uploaded.
func (e artifactEdits) checkFile(path, format string) []edit.Finding {
	if path == "" {
		return nil // it is wanted
	}
	at := []string{"file"}
	bytes, err := e.look(path)
	end := strings.ToLower(filepath.Ext(path))
	switch {
	case err != nil:
		return []edit.Finding{{Path: at, Text: err.Error()}}
	case bytes == 0:
		return []edit.Finding{{Path: at, Text: "the file is empty"}}
	case end != ".jar" && end != ".zip":
		return []edit.Finding{{Path: at, Text: fmt.Sprintf(
			"%q: want a file that ends in .jar or .zip", filepath.Base(path),
		)}}
	case format != "" && end != "."+strings.ToLower(format):
		return []edit.Finding{{Path: []string{"content_format"}, Text: fmt.Sprintf(
			"it is %s, and the file ends in %s", format, end,
		)}}
	case bytes > largeArtifact:
		return []edit.Finding{{Path: at, Warning: true, Text: fmt.Sprintf(
			"it has %s, and an artifact may have 100 MB: the server may refuse it", cells.Size(bytes),
		)}}
	}
	return nil
}

// look says how many bytes a file has, or why it cannot be read.
func (e artifactEdits) look(path string) (bytes int64, failure error) {
	if e.open == nil {
		return 0, errors.New("there are no files here")
	}
	file, bytes, err := e.open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, fmt.Errorf("there is no file %s", path)
	case errors.Is(err, fs.ErrPermission):
		return 0, fmt.Errorf("%s may not be read by you", path)
	case err != nil:
		return 0, err
	}
	return bytes, file.Close()
}

func (e artifactEdits) plan(c edit.Change) []views.Step {
	if !c.New {
		path := ccloudapi.ArtifactPath(c.Target.Name)
		return []views.Step{
			{Method: "GET", Path: path, Remark: "whether it is still as you saw it"}, {Method: "PATCH", Path: path},
		}
	}
	return []views.Step{
		{Method: "GET", Path: ccloud.ArtifactsPath, Remark: "whether the name is free"},
		{Method: "POST", Path: ccloud.PresignedPath, Remark: "a form to upload with"},
		{Method: "POST", Path: "the form's host, without your credentials"},
		{Method: "POST", Path: ccloud.ArtifactsPath, Remark: "the artifact"},
	}
}

func (e artifactEdits) send(ctx context.Context, c edit.Change, step func(views.Step)) error {
	steps := e.plan(c)
	if !c.New {
		step(steps[1])
		change := map[string]any{}
		for _, name := range artifactText {
			if c.Touches(name) {
				change[name] = yamldoc.MemberText(c.Merged, name)
			}
		}
		return e.api.ChangeArtifact(ctx, c.Target.Scope, c.Target.Name, change)
	}
	var a ccloud.NewArtifact
	if err := json.Unmarshal(c.Body(), &a); err != nil {
		return fmt.Errorf("read the artifact: %w", err)
	}
	path := yamldoc.MemberText(c.Merged, "file")
	if _, err := e.look(path); err != nil {
		return err
	}
	file, bytes, err := e.open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was read only
	u := ccloudapi.Upload{
		Environment: c.Target.Scope, Artifact: a, FileName: filepath.Base(path), Size: bytes, Content: file,
	}
	_, err = e.api.Upload(ctx, u, func(at int, host string, sent int64) {
		s := steps[1+at]
		if at == ccloudapi.UploadFile {
			s.Path, s.Remark = host, cells.Size(sent)+" of "+cells.Size(bytes)
		}
		step(s)
	})
	return err
}
