package flinkup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

// startTime is how long a start may take, on a machine that has much to do.
const startTime = 3 * time.Minute

func web() *resty.Client { return resty.New().SetTimeout(20 * time.Second).SetLogger(silent{}) }

// silent is a resty logger that says nothing.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}

// waitReady waits until JobManager, TaskManager and gateway answer; a process
// that ended by itself is told with the end of its log.
func waitReady(ctx context.Context, s State) error {
	limited, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	c := web()
	var ended error
	err := until(limited, func() bool {
		for _, p := range s.Processes {
			if !p.Alive() {
				ended = fmt.Errorf("%s ended by itself: %s", p.Name, lastLine(p.Log))
				return true
			}
		}
		var overview struct {
			Slots int `json:"slots-total"`
		}
		return get(limited, c, s.REST+"/overview", &overview) == nil && overview.Slots >= s.Slots &&
			get(limited, c, s.SQLGateway+"/info", nil) == nil
	})
	switch {
	case ended != nil:
		return ended
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf(
			"no answer of Flink %v after its start; its logs are beside %s", startTime, s.Processes[0].Log,
		)
	}
	return err
}

func lastLine(log string) string {
	for _, file := range []string{log, strings.TrimSuffix(log, ".log") + ".out"} {
		b, err := os.ReadFile(file)
		lines := strings.Split(strings.TrimSpace(string(b)), "\n")
		if err == nil && len(b) > 0 {
			return lines[len(lines)-1] + " (" + file + ")"
		}
	}
	return "it wrote nothing (" + log + ")"
}

func get(ctx context.Context, c *resty.Client, url string, into any) error {
	return answered(c.R().SetContext(ctx).Get(url))(into)
}

func post(ctx context.Context, c *resty.Client, url string, body, into any) error {
	return answered(c.R().SetContext(ctx).SetBody(body).Post(url))(into)
}

// answered decodes a success.
func answered(resp *resty.Response, err error) func(into any) error {
	return func(into any) error {
		switch {
		case err != nil:
			return err
		case !resp.IsSuccess():
			return fmt.Errorf("%s: %s", resp.Status(), resp.String())
		case into == nil:
			return nil
		}
		return json.Unmarshal(resp.Body(), into)
	}
}

// Warm runs SELECT 1 once: the first statement of a gateway takes seconds
// (flink-verified.md §2).
func Warm(ctx context.Context, gateway string) error {
	c := web()
	var session struct {
		Handle string `json:"sessionHandle"`
	}
	if err := post(ctx, c, gateway+"/v2/sessions", map[string]any{}, &session); err != nil {
		return err
	}
	root := gateway + "/v2/sessions/" + session.Handle
	defer func() {
		_, _ = c.R().SetContext(context.WithoutCancel(ctx)).Delete(root)
	}()
	var operation struct {
		Handle string `json:"operationHandle"`
	}
	if err := post(ctx, c, root+"/statements", map[string]any{"statement": "SELECT 1"}, &operation); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	next, failed := "/v2/sessions/"+session.Handle+"/operations/"+operation.Handle+
		"/result/0?rowFormat=JSON", error(nil)
	err := until(limited, func() bool {
		var page struct {
			Type    string `json:"resultType"`
			Next    string `json:"nextResultUri"`
			Results struct {
				Data []json.RawMessage `json:"data"`
			} `json:"results"`
		}
		if failed = get(limited, c, gateway+next, &page); failed != nil {
			return true
		}
		next = page.Next
		return page.Type == "EOS" || len(page.Results.Data) > 0
	})
	return errors.Join(failed, err)
}
