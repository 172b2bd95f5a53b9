package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"drey/server/model"
)

// Sealer encrypts what must not be readable in the data folder: AES-GCM, with
// the object's own uid bound in, so that a sealed value opens nowhere else.
type Sealer struct{ aead cipher.AEAD }

// NewSealer takes a key of 16, 24 or 32 bytes.
func NewSealer(key []byte) (*Sealer, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("key for secrets: want 16, 24 or 32 bytes, got %d", len(key))
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("key for secrets: %w", err)
	}
	return &Sealer{aead: aead}, nil
}

// errSealed says nothing of the content: the reason is always the key.
var errSealed = errors.New("a secret cannot be opened: it was sealed with another key")

// SealedData is a secret's note: its data, sealed.
type SealedData struct {
	Sealed []byte `json:"sealed"`
}

func (s *Sealer) Seal(uid string, data map[string]string) (SealedData, error) {
	plain, err := json.Marshal(data)
	if err != nil {
		return SealedData{}, err
	}
	nonce := make([]byte, s.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return SealedData{}, err
	}
	return SealedData{Sealed: s.aead.Seal(nonce, nonce, plain, []byte(uid))}, nil
}

func (s *Sealer) Open(record model.Record) (map[string]string, error) {
	controller, err := model.ReadControllerState[SealedData](record)
	if err != nil {
		return nil, err
	}
	size := s.aead.NonceSize()
	if len(controller.Sealed) < size {
		return nil, errSealed
	}
	plain, err := s.aead.Open(nil, controller.Sealed[:size], controller.Sealed[size:], []byte(record.UID))
	if err != nil {
		return nil, errSealed
	}
	var data map[string]string
	return data, json.Unmarshal(plain, &data)
}
