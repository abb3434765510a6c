namespace EvsNative.Kernels.Tests;

/// <summary>Every rule of every operation, broken once; one error form.</summary>
public sealed class CheckedTests : IDisposable
{
    private readonly Device _d = Device.Open(new DeviceOptions(Backend.Null));

    private IKernels K => _d.Kernels;

    public void Dispose() => _d.Dispose();

    [Fact]
    public void Pack_refuses_sizes_that_make_no_filter()
    {
        Refused("Pack: filter [0,4,1,1] is empty, every size is at least 1", () => _d.Pack(new FilterShape(0, 4), []));
        Refused("Pack: filter [4,4,5,5] has kernel 5, 1 or 3 was expected", () => _d.Pack(new FilterShape(4, 4, 5), []));
        Refused("Pack: filter [8,4,1,1] in 3 sections, 1, 2 or 3 equal ones were expected",
            () => _d.Pack(new FilterShape(8, 4, Sections: 3), []));
        Refused("Pack: filter [8,4,1,1] in 4 sections, 1, 2 or 3 equal ones were expected",
            () => _d.Pack(new FilterShape(8, 4, Sections: 4), []));
        Refused(
            "Pack: gated filter [7,4,1,1] of 1 sections, an even number of channels in one section was expected",
            () => _d.Pack(new FilterShape(7, 4, IsGated: true), []));
        Refused("Pack: filter [8,4,3,3] is gated or in sections, its kernel must be 1",
            () => _d.Pack(new FilterShape(8, 4, 3, IsGated: true), []));
        Refused("Pack: 7 values do not fill [2,4,1,1], 8 were expected", () => _d.Pack(new FilterShape(2, 4), new float[7]));
        using var cpu = Device.Open();
        Refused("Pack: 0 values do not fill [2,4,1,1], 8 were expected", () => cpu.Pack(new FilterShape(2, 4), []), at: "");
    }

    [Fact]
    public void Conv2d_refuses_shapes_that_do_not_fit()
    {
        var f = F(20, 16, 3);
        Tensor x = T(2, 5, 6, 16), y = T(2, 5, 6, 20);
        void Conv(Tensor y, Tensor x, Tensor? x2 = null, Filter? filter = null, ConvGeometry? geometry = null,
            Epilogue epilogue = default) =>
            K.Conv2d(y, x, x2, filter ?? f, geometry ?? new ConvGeometry(1), epilogue);

        Conv(y, x);
        Conv(T(2, 2, 3, 20), x, geometry: new ConvGeometry(2, ConvPadding.After));
        Conv(T(2, 11, 12, 20), x, geometry: new ConvGeometry(1, Upsampled: (11, 12)));
        Refused("Conv2d: x with 16 channels does not fit filter [20,12,3,3], 12 were expected", () => Conv(y, x, filter: F(20, 12, 3)));
        Refused("Conv2d: x with 20 channels does not fit filter [20,16,3,3], 16 were expected", () => Conv(y, x, T(2, 5, 6, 4)));
        Refused("Conv2d: x2 [2,5,5,4] does not fit the pixels of x [2,5,6,16]", () => Conv(y, x, T(2, 5, 5, 4)));
        Refused("Conv2d: stride 0, 1 or 2 was expected", () => Conv(y, x, geometry: default(ConvGeometry)));
        Refused("Conv2d: enlarged to 0 x 4, at least one pixel was expected",
            () => Conv(y, x, geometry: new ConvGeometry(1, Upsampled: (0, 4))));
        Refused(
            "Conv2d: x of 1 x 6 pixels is smaller than the window of filter [20,16,3,3]",
            () => Conv(y, T(2, 1, 6, 16), geometry: new ConvGeometry(2, ConvPadding.After)));
        Refused("Conv2d: y [2,5,6,20] has the wrong shape, [2,3,3,20] was expected", () => Conv(y, x, geometry: new ConvGeometry(2)));
        Refused("Conv2d: the destination [2,5,6,16] overlaps x [2,5,6,16], memory of its own was expected",
            () => Conv(x, x, filter: F(16, 16, 3)));
        Refused(
            "Conv2d: filter [20,16,1,1] is gated or in sections, a plain one was expected",
            () => Conv(y, x, filter: _d.Pack(new FilterShape(20, 16, Sections: 2), [])));
        Refused("Conv2d: bias [1,1,1,16] does not fit 20 channels, [1,1,1,20] was expected",
            () => Conv(y, x, epilogue: new Epilogue(T(1, 1, 1, 16))));
        Refused(
            "Conv2d: perImage [3,1,1,20] has the wrong shape, [2,1,1,20] was expected",
            () => Conv(y, x, epilogue: new Epilogue(PerImage: T(3, 1, 1, 20))));
        Refused(
            "Conv2d: residual [2,5,5,20] has the wrong shape, [2,5,6,20] was expected",
            () => Conv(y, x, epilogue: new Epilogue(Residual: T(2, 5, 5, 20))));
        var three = T(3, 5, 6, 20);
        Refused(
            "Conv2d: the destination [2,5,6,20] overlaps residual [2,5,6,20] in part, all of it or nothing was expected",
            () => Conv(three.Images(0, 2), x, epilogue: new Epilogue(Residual: three.Images(1, 2))));
        Conv(y, x, epilogue: new Epilogue(Residual: y));
    }

    [Fact]
    public void Linear_layers_refuse_shapes_that_do_not_fit()
    {
        Tensor x = T(1, 1, 7, 5), y = T(1, 1, 7, 12);
        Filter plain = F(12, 5, 1), split = _d.Pack(new FilterShape(12, 5, Sections: 3), []),
            gated = _d.Pack(new FilterShape(12, 5, IsGated: true), []);
        Refused("Linear: x [1,1,7,12] does not fit filter [12,5,1,1], 5 channels were expected",
            () => K.Linear(T(1, 1, 7, 12), y, plain, default));
        Refused(
            "Linear: y [1,1,6,12] does not fit x [1,1,7,5] and filter [12,5,1,1], 7 rows of 12 channels were expected",
            () => K.Linear(T(1, 1, 6, 12), x, plain, default));
        Refused("Linear: filter [12,5,3,3] has kernel 3, 1 was expected", () => K.Linear(y, x, F(12, 5, 3), default));
        Refused("Linear: filter [12,5,1,1] is gated or in sections, a plain one was expected", () => K.Linear(y, x, gated, default));
        Refused("LinearSplit: filter [12,5,1,1] is gated, a plain one was expected", () => K.LinearSplit([y], x, gated, null));
        Refused(
            "LinearSplit: 2 destinations for a filter of 3 sections, one for each was expected",
            () => K.LinearSplit([T(1, 1, 7, 4), T(1, 1, 7, 4)], x, split, null));
        var third = T(1, 1, 7, 4);
        Refused(
            "LinearSplit: the destination [1,1,7,4] overlaps another destination [1,1,7,4], memory of its own was expected",
            () => K.LinearSplit([third, T(1, 1, 7, 4), third], x, split, null));
        Refused(
            "LinearSplit: bias [1,1,1,4] does not fit 12 channels, [1,1,1,12] was expected",
            () => K.LinearSplit([third, T(1, 1, 7, 4), T(1, 1, 7, 4)], x, split, T(1, 1, 1, 4)));
        Refused("LinearGeglu: filter [12,5,1,1] is not gated, a gated one was expected",
            () => K.LinearGeglu(T(1, 1, 7, 6), x, plain, null));
        Refused(
            "LinearGeglu: y [1,1,7,12] does not fit x [1,1,7,5] and filter [12,5,1,1], 7 rows of 6 channels were expected",
            () => K.LinearGeglu(y, x, gated, null));
        Refused(
            "LinearGeglu: bias [1,1,1,6] does not fit 12 channels, [1,1,1,12] was expected",
            () => K.LinearGeglu(T(1, 1, 7, 6), x, gated, T(1, 1, 1, 6)));
    }

    [Fact]
    public void Attention_refuses_shapes_that_do_not_fit()
    {
        Tensor q = T(4, 2, 3, 8), k = T(4, 1, 9, 8), y = T(4, 2, 3, 8);
        var two = new AttentionOptions(2);
        var frames = new AttentionOptions(2, SequenceAxis.Frames, Frames: 2);
        K.Attention(y, q, k, k, two);
        K.Attention(y, q, k.Images(0, 1), k.Images(0, 1), two);
        K.Attention(y, q, q, q, frames);
        Refused("Attention: y [4,1,9,8] has the wrong shape, [4,2,3,8] was expected", () => K.Attention(k, q, k, k, two));
        Refused("Attention: v [1,1,9,8] has the wrong shape, [4,1,9,8] was expected", () => K.Attention(y, q, k, k.Images(0, 1), two));
        Refused("Attention: 8 channels do not divide into 3 heads", () => K.Attention(y, q, k, k, new AttentionOptions(3)));
        Refused("Attention: 8 channels do not divide into 0 heads", () => K.Attention(y, q, k, k, default));
        Refused("Attention: k [4,1,9,4] does not fit the channels of q [4,2,3,8]",
            () => K.Attention(y, q, T(4, 1, 9, 4), T(4, 1, 9, 4), two));
        Refused("Attention: k [2,1,9,8] has 2 images, 4 or 1 were expected", () => K.Attention(y, q, T(2, 1, 9, 8), T(2, 1, 9, 8), two));
        Refused("Attention: causal with 9 keys, 6 as in q were expected", () => K.Attention(y, q, k, k, two with { IsCausal = true }));
        Refused("Attention: k [4,1,9,8] has the wrong shape, [4,2,3,8] was expected", () => K.Attention(y, q, k, k, frames));
        Refused("Attention: 4 images do not divide into videos of 3 frames", () => K.Attention(y, q, q, q, frames with { Frames = 3 }));
        Refused("Attention: causal along frames, tokens were expected", () => K.Attention(y, q, q, q, frames with { IsCausal = true }));
        Refused(
            "Attention: inverted q [4,1,9,8] has the wrong shape, [4,2,3,8] was expected",
            () => K.Attention(y, q, k, k, two with { Blend = new QueryBlend(k, 0.5f) }));
        Refused("Attention: gamma 1.5, 0..1 was expected", () => K.Attention(y, q, k, k, two with { Blend = new QueryBlend(q, 1.5f) }));
        Refused("Attention: gamma NaN, 0..1 was expected",
            () => K.Attention(y, q, k, k, two with { Blend = new QueryBlend(q, float.NaN) }));
        Refused("Attention: the destination [4,2,3,8] overlaps q [4,2,3,8], memory of its own was expected",
            () => K.Attention(q, q, k, k, two));
    }

    [Fact]
    public void Attention_in_windows_refuses_what_does_not_fit()
    {
        Tensor q = T(6, 4, 6, 8), y = T(6, 4, 6, 8), table = T(1, 1, 3 * 3 * 5, 2), eight = T(1, 1, 1, 8);
        var options = new WindowAttentionOptions(2, 3, (2, 2, 3), (1, 1, 2), table, table, eight, eight);
        void Attend(WindowAttentionOptions options) => K.WindowAttention(y, q, q, q, options);

        Attend(options);
        Attend(options with { Frames = 2, PaddedK = null, PaddedV = null });
        Refused("WindowAttention: y [6,4,5,8] has the wrong shape, [6,4,6,8] was expected",
            () => K.WindowAttention(T(6, 4, 5, 8), q, q, q, options));
        Refused("WindowAttention: k [3,4,6,8] has the wrong shape, [6,4,6,8] was expected",
            () => K.WindowAttention(y, q, q.Images(0, 3), q, options));
        Refused("WindowAttention: v [3,4,6,8] has the wrong shape, [6,4,6,8] was expected",
            () => K.WindowAttention(y, q, q, q.Images(0, 3), options));
        Refused("WindowAttention: 8 channels do not divide into 3 heads", () => Attend(options with { Heads = 3 }));
        var wide = T(6, 4, 6, 80);
        Refused("WindowAttention: heads of 40 channels, at most 32 were expected",
            () => K.WindowAttention(T(6, 4, 6, 80), wide, wide, wide, options));
        Refused("WindowAttention: 6 images do not divide into clips of 4 frames", () => Attend(options with { Frames = 4 }));
        Refused("WindowAttention: a window of 0, 1 or more was expected", () => Attend(options with { Window = (2, 0, 3) }));
        Refused("WindowAttention: shift 3 of a window of 3, 0..2 was expected", () => Attend(options with { Shift = (1, 1, 3) }));
        Refused("WindowAttention: shift -1 of a window of 2, 0..1 was expected", () => Attend(options with { Shift = (-1, 1, 1) }));
        Refused("WindowAttention: near [1,1,1,8] has the wrong shape, [1,1,45,2] was expected",
            () => Attend(options with { Near = eight }));
        Refused("WindowAttention: fragment [1,1,1,8] has the wrong shape, [1,1,45,2] was expected",
            () => Attend(options with { Fragment = eight }));
        Refused("WindowAttention: near [1,1,45,2] Float16, float32 was expected", () => Attend(options with { Near = Half(1, 1, 45, 2) }));
        Refused("WindowAttention: 3 x 4 x 6 tokens are padded to windows of (2, 2, 3), a padded key and value were expected",
            () => Attend(options with { PaddedV = null }));
        Refused("WindowAttention: padded key [1,1,45,2] does not fit 8 channels, [1,1,1,8] was expected",
            () => Attend(options with { PaddedK = table }));
        Refused("WindowAttention: padded value [1,1,1,8] Float16, float32 was expected",
            () => Attend(options with { PaddedV = Half(1, 1, 1, 8) }));
        Refused("WindowAttention: y [6,4,6,8] and q [6,4,6,8] Float16, one type was expected",
            () => K.WindowAttention(y, Half(6, 4, 6, 8), q, q, options));
        Refused("WindowAttention: the destination [6,4,6,8] overlaps v [6,4,6,8], memory of its own was expected",
            () => K.WindowAttention(q, T(6, 4, 6, 8), T(6, 4, 6, 8), q, options));
    }

    [Fact]
    public void Motion_refuses_what_does_not_fit()
    {
        Tensor x = T(2, 4, 5, 3), y = T(2, 4, 5, 3), flow = T(2, 4, 5, 2), found = T(2, 4, 5, 18), level = T(2, 2, 2, 3);
        K.Warp(y, x, flow);
        K.Lookup(found, x, [x, level], flow, 1);
        K.Blend(x, x, y, flow, 1);
        K.Blend(y, x, y, flow);
        Refused("Warp: y [2,2,2,3] has the wrong shape, [2,4,5,3] was expected", () => K.Warp(level, x, flow));
        Refused("Warp: flow [2,2,2,3] has the wrong shape, [2,4,5,3] was expected", () => K.Warp(y, x, level));
        Refused("Warp: channel 1 of flow [2,4,5,2], 2 from it on were expected", () => K.Warp(y, x, flow, 1));
        Refused("Warp: channel -1 of flow [2,4,5,2], 2 from it on were expected", () => K.Warp(y, x, flow, -1));
        Refused("Warp: flow [2,4,5,2] Float16, float32 was expected", () => K.Warp(y, x, Half(2, 4, 5, 2)));
        Refused("Warp: y [2,4,5,3] and x [2,4,5,3] Float16, one type was expected", () => K.Warp(y, Half(2, 4, 5, 3), flow));
        Refused("Warp: the destination [2,4,5,3] overlaps x [2,4,5,3], memory of its own was expected", () => K.Warp(x, x, flow));
        Refused("Lookup: radius 5, 1..4 was expected", () => K.Lookup(found, x, [x, level], flow, 5));
        Refused("Lookup: 0 levels, 1..4 were expected", () => K.Lookup(found, x, [], flow, 1));
        Refused("Lookup: 5 levels, 1..4 were expected", () => K.Lookup(found, x, [x, x, x, x, x], flow, 1));
        Refused("Lookup: scale NaN, a number was expected", () => K.Lookup(found, x, [x, level], flow, 1, scale: float.NaN));
        Refused("Lookup: y [2,4,5,18] has the wrong shape, [2,4,5,9] was expected", () => K.Lookup(found, x, [x], flow, 1));
        Refused("Lookup: a level [2,4,5,2] has the wrong shape, [2,4,5,3] was expected", () => K.Lookup(found, x, [x, flow], flow, 1));
        Refused("Lookup: channel 1 of flow [2,4,5,2], 2 from it on were expected", () => K.Lookup(found, x, [x, level], flow, 1, 1));
        Refused("Lookup: flow [2,4,5,2] Float16, float32 was expected", () => K.Lookup(found, x, [x, level], Half(2, 4, 5, 2), 1));
        Refused("Lookup: y [2,4,5,18] and a level [2,2,2,3] Float16, one type was expected",
            () => K.Lookup(found, x, [x, Half(2, 2, 2, 3)], flow, 1));
        Refused("Blend: b [2,2,2,3] has the wrong shape, [2,4,5,3] was expected", () => K.Blend(y, x, level, flow));
        Refused("Blend: channel 2 of mask [2,4,5,2], 1 from it on were expected", () => K.Blend(y, x, y, flow, 2));
        Refused("Blend: y [2,4,5,3] and mask [2,4,5,2] Float16, one type was expected", () => K.Blend(y, x, y, Half(2, 4, 5, 2)));
    }

    [Fact]
    public void Norms_refuse_shapes_that_do_not_fit()
    {
        Tensor x = T(2, 3, 3, 8), x2 = T(2, 3, 3, 4), y = T(2, 3, 3, 12), eight = T(1, 1, 1, 8), twelve = T(1, 1, 1, 12);
        K.GroupNorm(x, x, null, eight, eight, 4, 1e-5f, Activation.Silu);
        Refused(
            "GroupNorm: weight [1,1,1,8] does not fit 12 channels, [1,1,1,12] was expected",
            () => K.GroupNorm(y, x, x2, eight, twelve, 4, 1e-5f, Activation.None));
        Refused(
            "GroupNorm: bias [1,1,1,8] does not fit 12 channels, [1,1,1,12] was expected",
            () => K.GroupNorm(y, x, x2, twelve, eight, 4, 1e-5f, Activation.None));
        Refused("GroupNorm: 12 channels do not divide into 8 groups",
            () => K.GroupNorm(y, x, x2, twelve, twelve, 8, 1e-5f, Activation.None));
        Refused("GroupNorm: eps NaN, 0 or more was expected", () => K.GroupNorm(y, x, x2, twelve, twelve, 4, float.NaN, Activation.None));
        Refused(
            "GroupNorm: y [2,3,3,12] has the wrong shape, [2,3,3,8] was expected",
            () => K.GroupNorm(y, x, null, eight, eight, 4, 1e-5f, Activation.None));
        Refused(
            "GroupNorm: x2 [1,3,3,4] does not fit the pixels of x [2,3,3,8]",
            () => K.GroupNorm(y, x, x2.Images(0, 1), twelve, twelve, 4, 1e-5f, Activation.None));
        Refused(
            "LayerNorm: perImage [2,1,1,12] has the wrong shape, [2,1,1,8] was expected",
            () => K.LayerNorm(x, x, eight, eight, 1e-5f, T(2, 1, 1, 12)));
        Refused("LayerNorm: y [2,3,3,12] has the wrong shape, [2,3,3,8] was expected", () => K.LayerNorm(y, x, eight, eight, 1e-5f, null));
        Refused("LayerNorm: eps -1, 0 or more was expected", () => K.LayerNorm(x, x, eight, eight, -1, null));
        Refused("LayerNorm: weight [1,1,1,12] does not fit 8 channels, [1,1,1,8] was expected",
            () => K.LayerNorm(x, x, twelve, eight, 1e-5f, null));
    }

    /// <summary>On this device products leave none.</summary>
    [Fact]
    public void Moments_that_do_not_fit_are_refused()
    {
        Tensor x = T(2, 8, 16, 8), x2 = T(2, 8, 16, 4), y = T(2, 8, 16, 8), moments = T(2, 2, 2, 8), eight = T(1, 1, 1, 8);
        K.ChannelMoments(moments, x);
        K.ChannelMoments(moments, Half(2, 8, 16, 8));
        Norm(y, x, moments);
        Norm(x, x, moments);
        Refused("ChannelMoments: x [2,8,15,8] has 120 pixels an image, moments are of a multiple of 64",
            () => K.ChannelMoments(moments, T(2, 8, 15, 8)));
        Refused("ChannelMoments: moments [2,2,2,8] has the wrong shape, [2,1,2,8] was expected",
            () => K.ChannelMoments(moments, T(2, 8, 8, 8)));
        Refused("ChannelMoments: moments [2,2,2,8] Float16, float32 was expected", () => K.ChannelMoments(Half(2, 2, 2, 8), x));
        var whole = T(1, 1, 1, 2 * 8 * 16 * 8);
        Tensor inside = new(whole.Buffer, whole.Offset + 8, moments.Shape, whole.Type);
        Refused("ChannelMoments: the destination [2,2,2,8] overlaps x [2,8,16,8], memory of its own was expected",
            () => K.ChannelMoments(inside, whole.As(x.Shape)));
        Norm(T(2, 8, 15, 8), T(2, 8, 15, 8), moments);
        Refused("GroupNorm: moments [2,2,1,16] has the wrong shape, [2,2,2,8] was expected", () => Norm(y, x, T(2, 2, 1, 16)));
        Refused("GroupNorm: moments [1,2,2,8] has the wrong shape, [2,2,2,8] was expected", () => Norm(y, x, moments.Images(0, 1)));
        Refused("GroupNorm: moments [2,2,2,8] Float16, float32 was expected", () => Norm(y, x, Half(2, 2, 2, 8)));
        Refused("GroupNorm: the destination [2,8,16,8] overlaps moments [2,2,2,8], memory of its own was expected",
            () => Norm(whole.As(y.Shape), x, inside));
        Refused("GroupNorm: moments of one of two inputs, one input was expected",
            () => K.GroupNorm(T(2, 8, 16, 12), x, x2, T(1, 1, 1, 12), T(1, 1, 1, 12), 4, 1e-5f, Activation.None, moments));

        void Norm(Tensor y, Tensor x, Tensor by) => K.GroupNorm(y, x, null, eight, eight, 4, 1e-5f, Activation.None, by);
    }

    [Fact]
    public void Vectors_tables_and_latents_are_float32_whatever_the_activations_are()
    {
        Tensor x = Half(2, 3, 3, 8), vector = Half(1, 1, 1, 8), eight = T(1, 1, 1, 8), tokens = Half(1, 1, 4, 6), table = T(1, 1, 50, 6);
        Filter f = F(8, 8, 3), plain = F(8, 8, 1), split = _d.Pack(new FilterShape(8, 8), []),
            gated = _d.Pack(new FilterShape(8, 8, IsGated: true), []);
        var y = Half(2, 3, 3, 8);
        K.Conv2d(y, x, null, f, new ConvGeometry(1), new Epilogue(eight, eight, y));
        K.LayerNorm(x, x, eight, eight, 1e-5f, eight);
        K.Embed(tokens, table, table, [1, 2, 3, 4]);
        Refused(
            "Conv2d: bias [1,1,1,8] Float16, float32 was expected",
            () => K.Conv2d(y, x, null, f, new ConvGeometry(1), new Epilogue(vector)));
        Refused("Linear: perImage [1,1,1,8] Float16, float32 was expected", () => K.Linear(y, x, plain, new Epilogue(PerImage: vector)));
        Refused("LinearSplit: bias [1,1,1,8] Float16, float32 was expected", () => K.LinearSplit([y], x, split, vector));
        Refused("LinearGeglu: bias [1,1,1,8] Float16, float32 was expected", () => K.LinearGeglu(Half(2, 3, 3, 4), x, gated, vector));
        Refused("GroupNorm: weight [1,1,1,8] Float16, float32 was expected",
            () => K.GroupNorm(y, x, null, vector, eight, 2, 1e-5f, Activation.None));
        Refused("GroupNorm: bias [1,1,1,8] Float16, float32 was expected",
            () => K.GroupNorm(y, x, null, eight, vector, 2, 1e-5f, Activation.None));
        Refused("LayerNorm: bias [1,1,1,8] Float16, float32 was expected", () => K.LayerNorm(y, x, eight, vector, 1e-5f, null));
        Refused("LayerNorm: perImage [1,1,1,8] Float16, float32 was expected", () => K.LayerNorm(y, x, eight, eight, 1e-5f, vector));
        Refused("Embed: table [1,1,50,6] Float16, float32 was expected", () => K.Embed(tokens, Half(1, 1, 50, 6), table, [1, 2, 3, 4]));
        Refused("Embed: positions [1,1,50,6] Float16, float32 was expected", () => K.Embed(tokens, table, Half(1, 1, 50, 6), [1, 2, 3, 4]));
        Refused("Noise: y [2,3,3,8] Float16, float32 was expected", () => K.Noise(x, new NoiseKey(1, 1)));
    }

    [Fact]
    public void Types_are_mixed_only_where_a_word_can()
    {
        Tensor x = T(2, 3, 3, 8), y = Half(2, 3, 3, 8), eight = T(1, 1, 1, 8), wide = T(2, 3, 3, 16), sixteen = T(1, 1, 1, 16);
        var geometry = new ConvGeometry(1);
        K.Conv2d(y, x, null, F(8, 8, 3), geometry, new Epilogue(eight, Residual: y));
        K.Linear(y, x, F(8, 8, 1), default);
        K.Activate(y, x, Activation.Silu);
        K.Copy(x, y);
        Refused("Conv2d: x [2,3,3,8] and x2 [2,3,3,8] Float16, one type was expected",
            () => K.Conv2d(y, x, y, F(8, 16, 3), geometry, default));
        Refused(
            "Conv2d: y [2,3,3,8] Float16 and residual [2,3,3,8], one type was expected",
            () => K.Conv2d(y, x, null, F(8, 8, 3), geometry, new Epilogue(Residual: x)));
        Refused("Linear: y [2,3,3,8] Float16 and residual [2,3,3,8], one type was expected",
            () => K.Linear(y, x, F(8, 8, 1), new Epilogue(Residual: x)));
        Refused(
            "LinearSplit: a destination [2,3,3,8] and another [2,3,3,8] Float16, one type was expected",
            () => K.LinearSplit([y, T(2, 3, 3, 8)], x, _d.Pack(new FilterShape(16, 8, Sections: 2), []), null));
        Refused(
            "GroupNorm: y [2,3,3,8] Float16 and x [2,3,3,8], one type was expected",
            () => K.GroupNorm(y, x, null, eight, eight, 2, 1e-5f, Activation.None));
        Refused(
            "GroupNorm: y [2,3,3,16] and x2 [2,3,3,8] Float16, one type was expected",
            () => K.GroupNorm(wide, x, y, sixteen, sixteen, 2, 1e-5f, Activation.None));
        Refused("LayerNorm: y [2,3,3,8] Float16 and x [2,3,3,8], one type was expected",
            () => K.LayerNorm(y, x, eight, eight, 1e-5f, null));
        Refused("Resize: y [2,3,3,8] Float16 and x [2,3,3,8], one type was expected", () => K.Resize(y, x, Interpolation.Nearest));
        var two = new AttentionOptions(2);
        Tensor q = T(2, 3, 3, 8), z = T(2, 3, 3, 8);
        Refused("Attention: y [2,3,3,8] and q [2,3,3,8] Float16, one type was expected", () => K.Attention(z, y, x, x, two));
        Refused("Attention: y [2,3,3,8] and k [2,3,3,8] Float16, one type was expected", () => K.Attention(z, q, y, x, two));
        Refused("Attention: y [2,3,3,8] and v [2,3,3,8] Float16, one type was expected", () => K.Attention(z, q, x, y, two));
        Refused(
            "Attention: y [2,3,3,8] and inverted q [2,3,3,8] Float16, one type was expected",
            () => K.Attention(z, q, x, x, two with { Blend = new QueryBlend(y, 0.5f) }));
    }

    [Fact]
    public void The_other_operations_refuse_shapes_that_do_not_fit()
    {
        Tensor x = T(2, 4, 5, 3), y = T(2, 4, 5, 3), table = T(1, 1, 50, 6), tokens = T(1, 1, 4, 6);
        Refused("Embed: 3 ids for y [1,1,4,6], 4 were expected", () => K.Embed(tokens, table, T(1, 1, 4, 6), [1, 2, 3]));
        Refused("Embed: id 50, 0..49 was expected", () => K.Embed(tokens, table, T(1, 1, 4, 6), [1, 2, 3, 50]));
        Refused("Embed: id -1, 0..49 was expected", () => K.Embed(tokens, table, T(1, 1, 4, 6), [1, 2, 3, -1]));
        Refused(
            "Embed: positions [1,1,3,6] has the wrong shape, [1,1,4,6] was expected",
            () => K.Embed(tokens, table, T(1, 1, 3, 6), [1, 2, 3, 4]));
        Refused("Embed: table [1,1,50,5] has the wrong shape, [1,1,50,6] was expected",
            () => K.Embed(tokens, T(1, 1, 50, 5), T(1, 1, 4, 6), [1, 2, 3, 4]));
        Refused("Embed: y [2,4,5,3] is not [N,1,J,C]", () => K.Embed(x, table, tokens, []));
        Refused("Combine: x2 [1,4,5,3] has the wrong shape, [2,4,5,3] was expected", () => K.Combine(y, 1, x, 1, x.Images(0, 1)));
        Refused("Combine: b 2 without x2, 0 was expected", () => K.Combine(y, 1, x, 2));
        Refused("Combine: c 3 without x3, 0 was expected", () => K.Combine(y, 1, x, 2, x, 3));
        var half = _d.Rent(y.Shape, ElementType.Float16);
        Refused("Combine: y [2,4,5,3] Float16 and x [2,4,5,3], one type was expected", () => K.Combine(half, 1, x));
        var three = T(3, 4, 5, 3);
        Refused(
            "Combine: the destination [2,4,5,3] overlaps x [2,4,5,3] in part, all of it or nothing was expected",
            () => K.Combine(three.Images(0, 2), 1, three.Images(1, 2)));
        Refused("Activate: y [2,4,5,3] has the wrong shape, [1,4,5,3] was expected", () => K.Activate(y, x.Images(0, 1), Activation.Silu));
        Refused("Copy: y [2,4,5,3] does not hold as many elements as x [1,4,5,3]", () => K.Copy(y, x.Images(0, 1)));
        Refused("Copy: the destination [2,4,5,3] overlaps x [2,4,5,3], memory of its own was expected", () => K.Copy(x, x));
        Refused("Resize: y [2,9,9,4] has the wrong shape, [2,9,9,3] was expected", () => K.Resize(T(2, 9, 9, 4), x, Interpolation.Nearest));
        Refused("Noise: shared 1.5, 0..1 was expected", () => K.Noise(y, new NoiseKey(1, 1, Shared: 1.5f)));
        Refused("Noise: y [2,4,5,3] Float16, float32 was expected", () => K.Noise(half, new NoiseKey(1, 1)));
        Refused("FromBytes: y [1,1,4,6] has 6 channels, 3 were expected", () => K.FromBytes(tokens, new byte[24]));
        Refused("FromBytes: 119 bytes do not fit y [2,4,5,3], 120 were expected", () => K.FromBytes(y, new byte[119]));
        Refused("ToBytes: 121 bytes do not fit x [2,4,5,3], 120 were expected", () => K.ToBytes(new byte[121], y));
    }

    private void Refused(string message, Action call, string at = " (at unet.mid_block)")
    {
        using var scope = _d.Enter("unet.mid_block");
        Assert.Equal(message + at, Assert.Throws<ArgumentException>(call).Message);
    }

    private Tensor T(int n, int h, int w, int c) => _d.Rent(new Shape(n, h, w, c));

    private Tensor Half(int n, int h, int w, int c) => _d.Rent(new Shape(n, h, w, c), ElementType.Float16);

    private Filter F(int output, int input, int kernel) => _d.Pack(new FilterShape(output, input, kernel), []);
}
