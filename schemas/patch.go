package schemas

import "encoding/json"

// Patch applies a change to arguments as a client does: values replace, nil
// removes. The result holds the same arguments otherwise, in another order.
func Patch(arguments []byte, change map[string]any) ([]byte, error) {
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(arguments, &members); err != nil {
		return nil, err
	}
	for name, value := range change {
		if value == nil {
			delete(members, name)
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		members[name] = raw
	}
	return json.Marshal(members)
}
