package advise

import "fmt"

// Text is the documentation of the move for people.
func (m *Move) Text() string {
	return fmt.Sprintf("%s: %s\n\n%s\n\nReason: %s\nTradeoff: %s\nPrice: %s\nSource: %s\n\nOffered for\n  %s\nnot for\n  %s\n",
		m.ID, m.Title, m.Doc, m.Reason, m.Tradeoff, m.Price, m.Source, m.For, m.NotFor)
}
