package service

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"
)

// Limits of result pages.
const (
	maxResultRows  = 1000
	maxResultBytes = 1 << 20
)

// Results answers a page of a statement's changelog; an empty token asks for
// the first. Tokens can be asked again (cmf-behaviour.md §4.5).
func (s *Service) Results(ctx context.Context, env, name, token string) (Answer, error) {
	record, controller, run, err := s.run(ctx, env, name)
	if err != nil {
		return Answer{}, err
	}
	if err := s.canRead(record, controller); err != nil {
		return Answer{}, err
	}
	offset, err := s.readToken(token, record.UID, run.ID)
	if err != nil {
		return Answer{}, err
	}
	page := engine.ResultPage{Next: max(offset, 0)}
	if controller.Run.Deployed {
		page, err = s.engine.Statements().Results(ctx, run, offset, maxResultRows)
	}
	if errors.Is(err, engine.ErrResultsGone) || errors.Is(err, engine.ErrNotFound) {
		return Answer{}, model.Refuse(model.CodeGone, "Results are gone")
	}
	if err != nil {
		return Answer{}, fmt.Errorf("results of statement %s: %w", name, err)
	}
	if page.Done && controller.Ended.IsZero() { // control has not seen the end yet
		if err := s.scheduleObserve(ctx, record.Scope, name); err != nil {
			return Answer{}, err
		}
	}
	page, next := cutPage(page), ""
	if !page.Done {
		next = s.token(page.Next, record.UID, run.ID)
	}
	return Answer{Body: encodeResult(cmf.Time(record.Created), page.Rows, next), Volatile: true}, nil
}

// encodeResult is newResult encoded. Cells are JSON already and are copied: a
// result may have millions.
func encodeResult(at string, rows []cmf.ResultRow, token string) cmf.Object {
	empty := model.MustEncode(model.NewStatementResult(at, nil, token)) // …"data":[]}}
	head, tail := empty[:len(empty)-len("]}}")], "]}}"
	size := len(empty)
	for _, row := range rows {
		size += len(`{"op":0,"row":[]},`) + len(row.Row)
		for _, cell := range row.Row {
			size += len(cell)
		}
	}
	doc := append(make([]byte, 0, size), head...)
	for i, row := range rows {
		if i > 0 {
			doc = append(doc, ',')
		}
		doc = append(strconv.AppendInt(append(doc, `{"op":`...), int64(row.Op), 10), `,"row":[`...)
		for j, cell := range row.Row {
			if j > 0 {
				doc = append(doc, ',')
			}
			doc = append(doc, cell...)
		}
		doc = append(doc, "]}"...)
	}
	return append(doc, tail...)
}

// run reads a statement and its run, if it has one.
func (s *Service) run(
	ctx context.Context, env, name string,
) (record model.Record, controller model.StatementControllerState, run engine.StatementRun, err error) {
	err = s.store.View(ctx, func(r model.Reader) error {
		if record, controller, err = statement(r, env, name); err != nil || controller.Run == nil {
			return err
		}
		run, err = model.LoadRun(r, record, controller)
		return err
	})
	return record, controller, run, err
}

// lookAt has control look at a statement now.
func (s *Service) scheduleObserve(ctx context.Context, scope model.Scope, name string) error {
	return s.store.Update(ctx, func(tx model.Tx) error {
		record, err := tx.Get(scope, name)
		if errors.Is(err, model.ErrMissing) || err == nil && !record.Due.IsZero() {
			return nil
		}
		if err != nil {
			return err
		}
		record.Due = s.now().UTC()
		return tx.Save(record)
	})
}

// canRead refuses statements without results to read.
func (s *Service) canRead(record model.Record, controller model.StatementControllerState) error {
	kind := record.Doc.String("status", "traits", "sqlKind")
	switch {
	case controller.Immediate || kind != "SELECT" && kind != "":
		return model.Invalid("Statement does not return results")
	case controller.Run == nil:
		return model.Refuse(model.CodeGone, "Results are gone")
	case !controller.Ended.IsZero() && s.now().Sub(controller.Ended) > s.options.ResultsExpiry:
		return model.Refuse(model.CodeGone, "Results are gone")
	}
	return nil
}

// cutPage keeps a page within maxResultBytes, but at least one row.
func cutPage(page engine.ResultPage) engine.ResultPage {
	size := 0
	for i, row := range page.Rows {
		for _, value := range row.Row {
			size += len(value) + 1
		}
		if size > maxResultBytes && i > 0 {
			return engine.ResultPage{Rows: page.Rows[:i], Next: page.Next - int64(len(page.Rows)-i)}
		}
	}
	return page
}

func (s *Service) token(offset int64, uid, run string) string {
	text := fmt.Sprintf("%d|%s|%s", offset, uid, run)
	return base64.RawURLEncoding.EncodeToString([]byte(text + "|" + s.sign(text)))
}

func (s *Service) sign(text string) string {
	mac := hmac.New(sha256.New, s.options.Secret)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

func (s *Service) readToken(token, uid, run string) (int64, error) {
	if token == "" {
		return engine.OldestRow, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(token, "="))
	parts := strings.Split(string(raw), "|")
	if err != nil || len(parts) != 4 {
		return 0, model.Invalid("page-token: not a token of this server")
	}
	text := strings.Join(parts[:3], "|")
	offset, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || offset < 0 || !hmac.Equal([]byte(s.sign(text)), []byte(parts[3])) {
		return 0, model.Invalid("page-token: not a token of this server")
	}
	if parts[1] != uid {
		return 0, model.Invalid("page-token: a token of another statement")
	}
	if parts[2] != run {
		return 0, model.Refuse(model.CodeGone, "Results are gone")
	}
	return offset, nil
}

// Exceptions answers what went wrong with a statement, newest first.
func (s *Service) Exceptions(ctx context.Context, env, name string) (Answer, error) {
	return s.read(ctx, func(r model.Reader, answer *Answer) error {
		_, controller, err := statement(r, env, name)
		if err != nil {
			return err
		}
		list := cmf.StatementExceptionList{
			APIVersion: cmf.APIVersion, Kind: "StatementExceptionList", Data: []cmf.StatementException{},
		}
		for _, e := range controller.Exceptions[:min(len(controller.Exceptions), 10)] {
			list.Data = append(list.Data, cmf.StatementException{
				APIVersion: cmf.APIVersion, Kind: "StatementException",
				Name: e.Name, Message: e.Text, Timestamp: cmf.Time(e.At),
			})
		}
		answer.Body = model.MustEncode(list)
		return nil
	})
}

func statement(r model.Reader, env, name string) (model.Record, model.StatementControllerState, error) {
	return stored[model.StatementControllerState](r, model.Scope{Kind: model.KindStatement, Env: env}, name)
}
