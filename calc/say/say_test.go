package say

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestText(t *testing.T) {
	for _, test := range []struct {
		text   Text
		en, zh string
	}{
		{Text{}, "", ""},
		{F("Leave it out."), "Leave it out.", "请去掉它。"},
		{F("Leave %s out.", "loraRank"), "Leave loraRank out.", "请去掉 loraRank。"},
		{F("a token visits %d of %d experts", 2, 8), "a token visits 2 of 8 experts", "每个 token 会激活 8 个专家中的 2 个"},
		{F("%s has no effect: %s", "x", F("nothing is trained")), "x has no effect: nothing is trained", "x 不起作用：没有任何参数被训练"},
		{F("no such message of %d", 3), "no such message of 3", "no such message of 3"},
		{Name("Leave it out."), "Leave it out.", "Leave it out."},
		{List(nil), "", ""},
		{List([]string{"a"}), "a", "a"},
		{List([]string{"a", "b"}), "a and b", "a 和 b"},
		{List([]string{"a", "b", "c"}), "a, b and c", "a、b 和 c"},
		{Join("; ", Text{}, F("Leave it out."), Text{}), "Leave it out.", "请去掉它。"},
		{Join(" ", F("Leave it out."), F("Send it once.")), "Leave it out. Send it once.", "请去掉它。请只发送一次。"},
		{F("Model weights").As(strings.ToLower), "model weights", "模型权重"},
		{Of(Errorf("%s is not written yet", "x")), "x is not written yet", "x 尚未编写"},
		{Of(fmt.Errorf("outer: %w", Errorf("%s is not written yet", "x"))), "x is not written yet", "x 尚未编写"},
		{Of(errors.New("no Text")), "no Text", "no Text"},
	} {
		if got := test.text.String(); got != test.en {
			t.Errorf("%q, want %q", got, test.en)
		}
		if got := test.text.In(Chinese).String(); got != test.zh {
			t.Errorf("%q, want %q", got, test.zh)
		}
		if test.text.IsZero() != (test.en == "") || !test.text.Equal(test.text.In(Chinese)) {
			t.Errorf("%q: zero %v, or unlike itself", test.en, test.text.IsZero())
		}
	}
}

// TestIn sets texts wherever they are in an answer, and nothing else.
func TestIn(t *testing.T) {
	type part struct {
		Why  Text
		Name string
	}
	type answer struct {
		part
		Summary Text `json:",omitzero"`
		One     *part
		Parts   []part
		Any     any
		Texts   []Text
		Change  map[string]any
	}
	leave := F("Leave it out.")
	a := In(answer{
		Summary: leave, One: &part{Why: leave, Name: "Leave it out."}, Parts: []part{{Why: leave}},
		Any: []*part{{Why: leave}}, Texts: []Text{leave}, Change: map[string]any{"it": nil},
	}, Chinese)
	raw, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	const zh = "请去掉它。"
	want := fmt.Sprintf(`{"Why":"","Name":"","Summary":%[1]q,"One":{"Why":%[1]q,"Name":"Leave it out."},"Parts":[{"Why":%[1]q,"Name":""}],`+
		`"Any":[{"Why":%[1]q,"Name":""}],"Texts":[%[1]q],"Change":{"it":null}}`, zh)
	if diff := cmp.Diff(want, string(raw)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := In[any](nil, Chinese); got != nil {
		t.Errorf("%v of nothing", got)
	}
}

func TestLanguage(t *testing.T) {
	for text, want := range map[string]Language{`"en"`: English, `"zh"`: Chinese, `" ZH "`: Chinese} {
		var l Language
		if err := json.Unmarshal([]byte(text), &l); err != nil || l != want {
			t.Errorf("%s is %v, %v", text, l, err)
		}
	}
	var l Language
	if err := json.Unmarshal([]byte(`"fr"`), &l); err == nil || !strings.Contains(err.Error(), "en, zh") {
		t.Errorf("fr: %v", err)
	}
	for i, name := range Language(0).Values() {
		if Language(i).String() != name {
			t.Errorf("%d is %s, want %s", i, Language(i), name)
		}
	}
}
