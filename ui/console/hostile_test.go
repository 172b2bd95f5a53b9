package console

import (
	"bytes"
	"encoding/json"
	"hash/crc32"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client"
	"drey/client/cmfapi"
	"drey/ui/console/space"
	"drey/ui/console/tty"
	"drey/ui/disk"
	"drey/ui/uitest"
	"drey/views"
	"drey/views/platform"
	"drey/views/sql"
)

// attacks are what a terminal would obey: the clipboard, a link, the title,
// erasing, C1 in both encodings, direction, a question that is answered as if it
// was typed, the end of synchronized output, another screen.
var attacks = []string{
	"\x1b]52;c;aGk=\x07", "\x1b]8;;http://evil\x1b\\x", "\x1b]0;title\x07", "\x1b[2J\x1b[H", "\u009b2J",
	"\u202ex\u2066", "\x1b[6n", "\x1b[?2026l", "\x1b[?1049l",
	"\x1bc", "\x9d52;c;aGk=\x9c", "\r\n\b\v", "\x1bP$q\x1b\\",
}

// strict are members whose values the console goes by; they stay as they are, so
// that it gets anywhere.
var strict = []string{
	"phase", "state", "nextPageToken", "kind", "apiVersion", "sqlKind", "type", "lifecycleState", "uid", "jobId",
}

// hostile is a server that puts attacks into every string of every answer. Names
// lead back to the object without them.
func hostile(t *testing.T, to *cmfapi.Client) *cmfapi.Client {
	t.Helper()
	target, err := url.Parse(to.URL())
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	proxy.ModifyResponse = func(r *http.Response) error {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		if v := any(nil); json.Unmarshal(body, &v) == nil {
			body, _ = json.Marshal(infect(v, ""))
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		r.Header.Set("Content-Length", strconv.Itoa(len(body)))
		r.Header.Del("Etag")
		return nil
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Accept-Encoding")
		r.URL.Path, r.URL.RawPath = healed(r.URL.Path), ""
		query := r.URL.Query()
		for _, values := range query {
			for i := range values {
				values[i] = healed(values[i])
			}
		}
		r.URL.RawQuery = query.Encode()
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	return connect(t, web.URL, client.Config{})
}

// infect puts an attack behind every string below v.
func infect(v any, member string) any {
	switch v := v.(type) {
	case string:
		if slices.Contains(strict, member) {
			return v
		}
		return v + attacks[int(crc32.ChecksumIEEE([]byte(v)))%len(attacks)] // the same each time
	case []any:
		for i := range v {
			v[i] = infect(v[i], member)
		}
	case map[string]any:
		for key := range v {
			v[key] = infect(v[key], key)
		}
	}
	return v
}

// healed takes attacks out again.
func healed(text string) string {
	for _, attack := range attacks {
		valid := strings.ToValidUTF8(attack, "\ufffd")
		text = strings.NewReplacer(attack, "", valid, "").Replace(text)
	}
	return text
}

// drawnOn draws each frame of a root on a screen, as the program does.
type drawnOn struct {
	*Root
	screen *tty.Screen
}

func (d drawnOn) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := d.Root.Update(msg)
	d.View()
	return d, cmd
}

func (d drawnOn) View() string {
	frame := d.Root.View()
	d.screen.Draw(frame, d.cursor)
	return frame
}

// allowed are the sequences that the screen writes itself.
var allowed = regexp.MustCompile(
	`\x1b\[[0-9;]*[mHKG]|\x1b\[\?2026[hl]|\x1b\[\?1049h|\x1b\[\?25l|\x1b\[\?7l|\x1b\[\?2004h|` +
		`\x1b\[\?1004h|\x1b\[2J|\x1b\]9;4;[0-9;]*\x07`,
)

// TestNoByteOfAServersTextIsObeyed opens every view and dialog on a server whose
// every string attacks the terminal, and reads what was written.
func TestNoByteOfAServersTextIsObeyed(t *testing.T) {
	t.Parallel()
	c := hostile(t, running(t))
	texts := disk.NewTexts(t.TempDir())
	t.Cleanup(func() { _ = texts.Close() })
	written := newRecorder(140, 40)
	s := tty.NewScreen(written)
	s.Enter()
	opts := Options{
		Context: space.Context{
			Session: sessionOf(c), Name: "demo",
			SQL: func(env *views.Env, _ *platform.Session) views.View {
				return sql.New(env, cmfapi.SQL(c), texts, disk.NewFiles(
					filepath.Join(t.TempDir(), "cache"), t.TempDir(),
				))
			},
		},
		Now: time.Now, StateDir: t.TempDir(),
	}
	root := New(t.Context(), opts, nil)
	d := uitest.New(t, drawnOn{root, s}, 140, 40)
	d.WaitForText("20 applications", "]52;")
	for _, at := range walks {
		if k := (&walker{t: t, at: at, d: d, root: root}); !k.arrive(uitest.Deadline) {
			t.Fatalf("%s was not reached:\n%s", at.name, d.Screen())
		}
		for _, k := range []string{
			"j", "y", "esc", "d", "esc", "l", "esc", "i", "esc", "s", "S", "x", "D", "enter", "v", "esc", "E", "esc",
			":", "esc", "?", "esc", "c", "C", "w", "esc", "o", "/",
		} {
			d.Press(k)
			d.Drain(30 * time.Millisecond)
			for root.over != nil {
				d.Press("esc")
				d.Drain(3 * time.Millisecond)
			}
		}
		d.Press("esc")
	}
	written.mu.Lock()
	defer written.mu.Unlock()
	rest := allowed.ReplaceAllString(written.raw.String(), "")
	for i, r := range rest {
		if r < 0x20 && r != '\n' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 ||
			r == 0xfffd && strings.HasPrefix(rest[i:], "\x9d") {
			t.Fatalf("the terminal was sent %q", rest[max(0, i-40):min(len(rest), i+40)])
		}
	}
	if shown := strings.Count(rest, "␛]52;c"); shown < 100 {
		t.Errorf("the attacks were seen %d times only: the test does not reach them", shown)
	}
}
