package catalog_test

import (
	"strings"
	"testing"

	"vramcalc/calc/catalog"
)

// The names of the classifiers in both libraries. timm has neither AlexNet nor
// GoogLeNet; its RegNets go by other names and have other widths.
const (
	torchvisionNames = `alexnet convnext_tiny convnext_small convnext_base convnext_large
		densenet121 densenet161 densenet169 densenet201
		efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3 efficientnet_b4 efficientnet_b5 efficientnet_b6 efficientnet_b7
		efficientnet_v2_s efficientnet_v2_m efficientnet_v2_l googlenet inception_v3
		mobilenet_v2 mobilenet_v3_large mobilenet_v3_small
		regnet_x_400mf regnet_x_800mf regnet_x_1_6gf regnet_x_3_2gf regnet_x_8gf regnet_x_16gf regnet_x_32gf
		regnet_y_400mf regnet_y_800mf regnet_y_1_6gf regnet_y_3_2gf regnet_y_8gf regnet_y_16gf regnet_y_32gf regnet_y_128gf
		resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d resnext101_32x8d resnext101_64x4d
		swin_t swin_s swin_b vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn
		vit_b_16 vit_b_32 vit_l_16 vit_l_32 vit_h_14 wide_resnet50_2 wide_resnet101_2`
	timmNames = `convnext_tiny convnext_small convnext_base convnext_large
		densenet121 densenet161 densenet169 densenet201
		efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3 efficientnet_b4 efficientnet_b5 efficientnet_b6 efficientnet_b7
		efficientnetv2_s efficientnetv2_m efficientnetv2_l inception_v3
		mobilenetv2_100 mobilenetv3_large_100 mobilenetv3_small_100
		regnetx_002 regnetx_004 regnetx_006 regnetx_008 regnetx_016 regnetx_032 regnetx_040 regnetx_064 regnetx_080 regnetx_120 regnetx_160 regnetx_320
		regnety_002 regnety_004 regnety_006 regnety_008 regnety_016 regnety_032 regnety_040 regnety_064 regnety_080 regnety_120 regnety_160 regnety_320 regnety_640 regnety_1280
		resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d resnext101_32x8d resnext101_64x4d
		swin_tiny_patch4_window7_224 swin_small_patch4_window7_224 swin_base_patch4_window7_224 swin_large_patch4_window7_224
		vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn
		vit_tiny_patch16_224 vit_small_patch16_224 vit_small_patch32_224 vit_base_patch8_224 vit_base_patch16_224 vit_base_patch32_224
		vit_large_patch16_224 vit_large_patch32_224 vit_huge_patch14_224
		deit_tiny_patch16_224 deit_small_patch16_224 deit_base_patch16_224 wide_resnet50_2 wide_resnet101_2`
)

// TestLibraryNames finds every classifier under its library's name, in that
// library's form.
func TestLibraryNames(t *testing.T) {
	for library, names := range map[string]string{"torchvision": torchvisionNames, "timm": timmNames} {
		for name := range strings.FieldsSeq(names) {
			m, ok := catalog.Load().Model(library + "/" + name)
			if !ok || m.Conv.Name != name && library == "torchvision" || m.Conv.TIMM && library == "torchvision" {
				t.Errorf("%s/%s: %s, %v", library, name, m.ID, ok)
			}
		}
	}
}
