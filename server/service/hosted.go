package service

import (
	"cmp"
	"context"
	"errors"
	"net/url"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/body"
	"drey/server/service/lists"
	"drey/server/service/seal"

	"github.com/google/uuid"
)

// hosted answers the requests for one kind by its rules.
type hosted[T any] struct {
	rules   Rules[T]
	service *Service
}

func host[T any](s *Service, rules Rules[T]) Resource {
	if rules.List.AlwaysFields == nil {
		rules.List.AlwaysFields = []string{"apiVersion", "kind"}
	}
	if rules.Replies.TakenCode == 0 {
		rules.Replies.TakenCode = model.CodeConflict
	}
	return &hosted[T]{rules: rules, service: s}
}

func (h *hosted[T]) ID() model.KindID { return h.rules.ID }
func (h *hosted[T]) Kind() cmf.Kind   { return h.rules.Kind }
func (h *hosted[T]) Writable() bool   { return h.rules.Check != nil }

func (h *hosted[T]) Creatable() bool { return h.Writable() && !h.rules.UpdateOnly }

// List answers a page.
func (h *hosted[T]) List(ctx context.Context, scope model.Scope, values url.Values) (Answer, error) {
	req, err := h.rules.List.Parse(values)
	if err != nil {
		return Answer{}, err
	}
	resources, err := lists.Flag(values, "include-resource-information")
	if err != nil {
		return Answer{}, err
	}
	req.Query.Brief = true
	return h.service.read(ctx, func(r model.Reader, answer *Answer) error {
		if err := h.parents(r, scope); err != nil {
			return err
		}
		found, err := r.Find(scope, req.Query)
		if err != nil {
			return err
		}
		docs := make([][]byte, 0, len(found.Records))
		show := ShowOp{
			Service: h.service, Reader: r, Resources: resources, Read: map[string][]string{}, Shared: &Shared{},
		}
		for _, record := range found.Records {
			show.Page = append(show.Page, record.Name)
		}
		for _, record := range found.Records {
			show.Record = record
			doc, err := h.apply(&show, answer)
			if err != nil {
				return err
			}
			if req.Fields != nil {
				doc = req.Fields.Apply(doc)
			}
			docs = append(docs, doc)
		}
		answer.Body = req.Envelope(found.Total, docs)
		return nil
	})
}

// Get answers one object.
func (h *hosted[T]) Get(ctx context.Context, scope model.Scope, name string, values url.Values) (Answer, error) {
	resources, err := lists.Flag(values, "include-resource-information")
	if err != nil {
		return Answer{}, err
	}
	return h.service.read(ctx, func(r model.Reader, answer *Answer) error {
		if err := h.parents(r, scope); err != nil {
			return err
		}
		record, err := r.Get(scope, name)
		if err != nil {
			return h.missing(err, name)
		}
		show := ShowOp{Service: h.service, Reader: r, Record: record, Resources: resources, Single: true}
		answer.Body, err = h.apply(&show, answer)
		return err
	})
}

func (h *hosted[T]) apply(show *ShowOp, answer *Answer) ([]byte, error) {
	doc := show.Record.Doc
	if h.rules.Show != nil {
		var err error
		if doc, err = h.rules.Show(show); err != nil {
			return nil, err
		}
	}
	answer.Volatile = answer.Volatile || show.Volatile
	return seal.WithoutJarPasswords(doc), nil
}

// parents refuses a scope that is not there.
func (h *hosted[T]) parents(r model.Reader, scope model.Scope) error {
	if scope.Env != "" {
		if err := environmentExists(r, scope.Env); err != nil {
			return err
		}
	}
	if h.rules.Owner == "" {
		return nil
	}
	_, err := r.Get(scope.In(h.rules.Owner, ""), scope.Parent)
	if errors.Is(err, model.ErrMissing) {
		return model.NotFound("%s '%s' not found", body.Title(h.rules.Owner), scope.Parent)
	}
	return err
}

func environmentExists(r model.Reader, env string) error {
	_, err := r.Get(model.Scope{Kind: model.KindEnvironment}, env)
	if errors.Is(err, model.ErrMissing) {
		return model.NotFound("Environment '%s' not found", env)
	}
	return err
}

func (h *hosted[T]) missing(err error, name string) error {
	if errors.Is(err, model.ErrMissing) {
		return model.NotFound("%s '%s' not found", body.Title(h.rules.ID), name)
	}
	return err
}

// Write creates or updates.
func (h *hosted[T]) Write(ctx context.Context, scope model.Scope, write Write) (Answer, error) {
	object, warnings, err := body.DecodeBody[T](write.Body, h.rules.Kind.Name)
	if err != nil {
		return Answer{}, err
	}
	if h.rules.Sent != nil {
		if err := h.rules.Sent(cmf.Object(write.Body)); err != nil {
			return Answer{}, err
		}
	}
	name, err := h.name(object, write)
	if err != nil {
		return Answer{}, err
	}
	var planned any
	if h.rules.Plan != nil && write.Name == "" {
		if planned, err = h.plan(ctx, scope, name, object); err != nil {
			return Answer{}, err
		}
	}
	answer := Answer{Warnings: warnings}
	err = h.service.store.Update(ctx, func(tx model.Tx) error {
		op := &WriteOp[T]{
			Service: h.service, Tx: tx, Scope: scope, Now: h.service.now().UTC(),
			Sent: cmf.Object(write.Body), Planned: planned, New: object,
		}
		if err := h.write(op, name, write.Name != ""); err != nil {
			return err
		}
		return h.answer(&answer, op, write)
	})
	return answer, err
}

// plan refuses early what the transaction would refuse, then asks the rules.
func (h *hosted[T]) plan(ctx context.Context, scope model.Scope, name string, object *T) (any, error) {
	err := h.service.store.View(ctx, func(r model.Reader) error {
		if err := h.parents(r, scope); err != nil {
			return err
		}
		if _, err := r.Get(scope, name); !errors.Is(err, model.ErrMissing) {
			return h.taken(name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return h.rules.Plan(ctx, h.service, scope, object)
}

func (h *hosted[T]) taken(name string) error {
	return model.Refuse(h.rules.Replies.TakenCode, "%s '%s' already exists", body.Title(h.rules.ID), name)
}

// name is the path's or the body's name, checked.
func (h *hosted[T]) name(object *T, write Write) (string, error) {
	name := h.rules.Access.Name(object)
	if write.Name != "" {
		if name != "" && name != write.Name {
			return "", model.Invalid(
				"metadata.name: '%s' is not the name of the path, '%s'", body.Clip(name), body.Clip(write.Name),
			)
		}
		return write.Name, nil
	}
	return name, h.rules.Naming.Check(cmp.Or(h.rules.NameField, "metadata.name"), name)
}

func (h *hosted[T]) write(op *WriteOp[T], name string, mustExist bool) error {
	if err := h.parents(op.Tx, op.Scope); err != nil {
		return err
	}
	record, err := op.Tx.Get(op.Scope, name)
	switch {
	case errors.Is(err, model.ErrMissing) && mustExist:
		return h.missing(err, name)
	case errors.Is(err, model.ErrMissing):
		record = model.Record{Scope: op.Scope, Name: name, UID: uuid.NewString(), Created: op.Now}
	case err != nil:
		return err
	case !mustExist && h.rules.Kind.Updates != "POST":
		return h.taken(name)
	default:
		if op.Old, err = model.Decode[T](record.Doc); err != nil {
			return err
		}
		if completed, changed := seal.RestoreJarPasswords(record.Doc, op.Sent); changed {
			if op.New, _, err = body.DecodeBody[T](completed, h.rules.Kind.Name); err != nil {
				return err
			}
		}
		h.rules.Access.Carry(op.Old, op.New, op.Sent)
	}
	record.Updated = op.Now
	op.Record = &record
	if err := h.rules.Check(op); err != nil || op.Unchanged {
		return err
	}
	return h.store(op)
}

func (h *hosted[T]) store(op *WriteOp[T]) error {
	record := op.Record
	h.rules.Access.Stamp(op.New, Stamp{
		Name: record.Name, UID: record.UID, Created: record.Created, Updated: record.Updated,
	})
	record.Labels = h.rules.Access.Labels(op.New)
	doc, err := model.Encode(op.New)
	if err != nil {
		return err
	}
	record.Doc = doc
	if err := op.Tx.Put(*record); err != nil {
		return err
	}
	if h.rules.Written == nil {
		return nil
	}
	return h.rules.Written(op)
}

func (h *hosted[T]) answer(answer *Answer, op *WriteOp[T], write Write) error {
	answer.Warnings = append(answer.Warnings, op.Warnings...)
	if h.rules.Replies.Created {
		answer.Outcome = OutcomeCreated
	}
	if write.Name != "" && h.rules.Replies.EmptyUpdate {
		return nil
	}
	show := ShowOp{Service: h.service, Reader: op.Tx, Record: *op.Record}
	var err error
	answer.Body, err = h.apply(&show, answer)
	return err
}

// Delete removes one object as its rules say.
func (h *hosted[T]) Delete(ctx context.Context, scope model.Scope, name string, values url.Values) (Answer, error) {
	force, err := lists.Flag(values, "force")
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{Outcome: OutcomeNoContent}
	err = h.service.store.Update(ctx, func(tx model.Tx) error {
		if err := h.parents(tx, scope); err != nil {
			return err
		}
		record, err := tx.Get(scope, name)
		if err != nil {
			return h.missing(err, name)
		}
		if h.rules.Delete == nil {
			return tx.Delete(scope, name)
		}
		old, err := model.Decode[T](record.Doc)
		if err != nil {
			return err
		}
		answer.Outcome, err = h.rules.Delete(&WriteOp[T]{
			Service: h.service, Tx: tx, Scope: scope, Now: h.service.now().UTC(),
			Force: force, Old: old, Record: &record,
		})
		return err
	})
	return answer, err
}
