using EvsNative.Kernels;
using EvsNative.Testing;

namespace EvsNative.Layers.Tests;

public sealed class WeightStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Device _device = Device.Open(new DeviceOptions(Threads: 1));

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    /// <summary>A file with these tensors; their numbers are random.</summary>
    private SafetensorsFile Written(params (string Name, long[] Shape)[] tensors)
    {
        string path = _folder[$"{Guid.NewGuid():N}.safetensors"];
        float[] Numbers(long[] shape, int seed) => new Draw(seed).Normals(shape.Aggregate(1L, (a, b) => a * b));
        SafetensorsWriter.Save(path, tensors.Select((t, i) => (t.Name, t.Shape, Numbers(t.Shape, i))));
        return SafetensorsFile.Open(path);
    }

    [Fact]
    public void Folders_walk_the_names()
    {
        using var file = Written(("down.0.norm.weight", [5]), ("down.0.norm.bias", [5]));
        var store = new WeightStore(_device, file);
        var norm = store.Root / "down" / "0" / "norm";
        Assert.Equal("down.0.norm", norm.Path);
        Assert.True(store.Root.Has("down"));
        Assert.True(norm.Has("weight"));
        Assert.False(store.Root.Has("dow"));
        Assert.False(store.Root.Has("down.00"));
        Assert.Equal(file.Values("down.0.norm.weight"), _device.Download(norm.Vector("weight", 5)));
        Assert.Equal(file.Values("down.0.norm.bias"), _device.Download(norm.Vector("bias", 5)));
        store.Verify();
    }

    [Fact]
    public void A_tensor_is_read_once_however_often_it_is_asked_for()
    {
        using var file = new CountingFile(Written(("a", [4]), ("w", [4, 3])));
        long last = 0;
        var store = new WeightStore(_device, file) { OnRead = n => last = n };
        var first = store.Root.Vector("a", 4);
        var second = store.Root.Vector("a", 4);
        var table = store.Root.Table("w", 4, 3);
        Assert.Same(first.Buffer, second.Buffer);
        Assert.Same(table.Buffer, store.Root.Table("w", 4, 3).Buffer);
        Assert.Equal(2, file.Reads);
        Assert.Equal(file.Count, store.NumbersRead);
        Assert.Equal(file.Count, last);
    }

    [Fact]
    public void Vectors_are_stacked_in_the_order_asked_for()
    {
        using var file = Written(("k", [3]), ("q", [3]), ("v", [3]));
        var store = new WeightStore(_device, file);
        var stacked = store.Root.Vectors(3, "q", "k", "v");
        Assert.Equal(Shape.Vector(9), stacked.Shape);
        Assert.Equal([.. file.Values("q"), .. file.Values("k"), .. file.Values("v")], _device.Download(stacked));
        store.Verify();
    }

    [Fact]
    public void Weights_that_are_made_of_stored_ones_are_read_strictly()
    {
        using var file = Written(("a.w", [2, 3]), ("a.s", [2]));
        var store = new WeightStore(_device, file);
        float[] Scaled(float[][] stored) => [.. stored[0].Select((value, i) => value * stored[1][i / 3])];
        float[] wanted = Scaled([file.Values("a.w"), file.Values("a.s")]);
        var filter = (store.Root / "a").MadeFilter(new FilterShape(2, 3), Scaled, ("w", [2, 3]), ("s", [2]));
        Assert.Equal(wanted, _device.Download((store.Root / "a").MadeNumbers(new Shape(1, 1, 2, 3), Scaled, ("w", [2, 3]), ("s", [2]))));
        using (_device.Enter("test"))
        {
            var unit = _device.Upload([1, 0, 0, 0, 1, 0, 0, 0, 1], new Shape(1, 1, 3, 3));
            var y = Draw.Poisoned(_device, new Shape(1, 1, 3, 2));
            _device.Kernels.Linear(y, unit, filter, default);
            float[] transposed = [.. Enumerable.Range(0, 6).Select(i => wanted[(3 * (i % 2)) + (i / 2)])];
            Assert.Equal(transposed, _device.Download(y));
        }

        store.Verify();
        (store.Root / "a").MadeNumbers(Shape.Vector(2), stored => stored[0], ("s", [1, 2]));
        Assert.Equal(["of another shape: a.s wanted [1,2], found [2]"], Assert.Throws<InputException>(store.Verify).Details);
        long held = _device.PersistentBytes;
        store.Free();
        Assert.True(_device.PersistentBytes < held);
    }

    [Fact]
    public void Filters_are_stacked_in_the_order_asked_for_with_zeros_for_the_missing()
    {
        using var file = Written(("k", [4, 3]), ("q", [4, 3, 1, 1]));
        var store = new WeightStore(_device, file);
        var filter = store.Root.Filter(new FilterShape(12, 3), "q", "k", "v");
        using var scope = _device.Enter("test");
        var unit = _device.Upload([1, 0, 0, 0, 1, 0, 0, 0, 1], new Shape(1, 1, 3, 3));
        var y = Draw.Poisoned(_device, new Shape(1, 1, 3, 12));
        _device.Kernels.Linear(y, unit, filter, default);

        float[] stacked = [.. file.Values("q"), .. file.Values("k"), .. new float[12]], got = _device.Download(y);
        for (int c = 0; c < 3; c++)
        {
            for (int o = 0; o < 12; o++) Assert.Equal(stacked[(3 * o) + c], got[(12 * c) + o]);
        }

        var error = Assert.Throws<InputException>(store.Verify);
        Assert.Equal(InputCode.Incomplete, error.Code);
        Assert.Equal(["missing: v wanted [4,3]"], error.Details);
    }

    [Fact]
    public void All_that_is_wrong_is_found_in_one_pass_and_named()
    {
        using var file = Written(
            ("good", [2]), ("short", [3]), ("extra.b", [1]), ("extra.a", [2, 2]), ("text.position_ids", [1, 77]), ("m.pos_embed.pe", [1]));
        var store = new WeightStore(_device, file);
        store.Root.Vector("good", 2);
        var zeros = store.Root.Vector("short", 4);
        store.Root.Vector("gone", 5);
        store.Root.Vector("gone", 5);
        Assert.Equal(new float[4], _device.Download(zeros));
        var error = Assert.Throws<InputException>(store.Verify);
        Assert.StartsWith(file.Origin, error.Message, StringComparison.Ordinal);
        Assert.Equal(InputCode.Mismatch, error.Code);
        Assert.EndsWith("tensors: 1 missing, 1 of another shape, 2 left over", error.Message, StringComparison.Ordinal);
        string[] details =
        [
            "missing: gone wanted [5]", "of another shape: short wanted [4], found [3]",
            "left over: extra.a [2,2]", "left over: extra.b [1]",
        ];
        Assert.Equal(details, error.Details);
    }

    [Fact]
    public void A_network_of_another_kind_is_given_up_before_all_of_it_is_asked_for()
    {
        using var file = Written(("a", [2]));
        var store = new WeightStore(_device, file);
        int asked = 0;
        var error = Assert.Throws<InputException>(() =>
        {
            for (; asked < 1_000_000; asked++) store.Root.Vector($"layer.{asked}", 3);
        });
        Assert.Equal((InputLimits.Findings, InputLimits.Findings), (asked, error.Details.Count));
        Assert.EndsWith("tensors: 200 missing, and the rest was not looked at", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_left_over_tensors_some_are_named_and_all_counted()
    {
        using var file = Written([.. Enumerable.Range(0, 300).Select(i => ($"x{i}", new long[] { 1 }))]);
        var error = Assert.Throws<InputException>(new WeightStore(_device, file).Verify);
        Assert.Equal(InputLimits.Findings, error.Details.Count);
        Assert.EndsWith("tensors: 300 left over", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(1 << 16, 1 << 16)]
    [InlineData(1 << 15, (1 << 15) + 1)]
    public void A_tensor_beyond_all_measure_is_refused_before_memory_is_taken(int outputs, int inputs)
    {
        var store = new WeightStore(_device, new FormulaWeights());
        var error = Assert.Throws<InputException>(() => store.Root.Filter(new FilterShape(outputs, inputs, 3), "w"));
        Assert.Equal(InputCode.TooLarge, error.Code);
        Assert.Equal(InputCode.TooLarge, Assert.Throws<InputException>(() => store.Root.Table("t", outputs, inputs)).Code);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Numbers_that_are_not_finite_are_named(float bad)
    {
        string path = _folder["m.safetensors"];
        SafetensorsWriter.Save(path, [("x", [3], [1, bad, bad]), ("y", [1], [1])]);
        using var file = SafetensorsFile.Open(path);
        var store = new WeightStore(_device, file);
        store.Root.Vector("x", 3);
        store.Root.Vector("y", 1);
        var error = Assert.Throws<InputException>(store.Verify);
        Assert.Equal(InputCode.NotFinite, error.Code);
        Assert.Equal(["not finite: x 2 of 3 numbers are NaN or infinite"], error.Details);
    }

    [Fact]
    public void A_dry_device_checks_shapes_and_reads_nothing()
    {
        using var dry = Device.Open(new DeviceOptions(Backend.Null));
        using var file = new CountingFile(Written(("a", [4]), ("q", [4, 3]), ("k", [4, 3]), ("v", [4, 2])));
        var store = new WeightStore(dry, file);
        store.Root.Vector("a", 4);
        var filter = store.Root.Filter(new FilterShape(12, 3, Sections: 3), "q", "k", "v");
        Assert.Equal(12, filter.Shape.Out);
        store.Root.MadeNumbers(Shape.Vector(4), _ => throw new InvalidOperationException("called on a dry device"), ("a", [4]));
        Assert.Equal(["of another shape: v wanted [4,3], found [4,2]"], Assert.Throws<InputException>(store.Verify).Details);
        Assert.Equal(0, file.Reads);
        Assert.True(dry.PersistentBytes >= (4 + (12 * 3)) * sizeof(float));
    }

    [Theory]
    [InlineData(new long[] { 4, 3 }, 1, true)]
    [InlineData(new long[] { 4, 3, 1 }, 1, true)]
    [InlineData(new long[] { 4, 3, 1, 1 }, 1, true)]
    [InlineData(new long[] { 4, 3, 3, 3 }, 1, false)]
    [InlineData(new long[] { 3, 4 }, 1, false)]
    [InlineData(new long[] { 12 }, 1, false)]
    [InlineData(new long[] { 4, 3, 3, 3 }, 3, true)]
    [InlineData(new long[] { 4, 3, 1, 1 }, 3, false)]
    [InlineData(new long[] { 4, 3 }, 3, false)]
    public void A_linear_layer_may_be_stored_as_a_convolution_of_one_pixel(long[] stored, int kernel, bool fits)
    {
        using var dry = Device.Open(new DeviceOptions(Backend.Null));
        using var file = Written(("w", stored));
        var store = new WeightStore(dry, file);
        store.Root.Filter(new FilterShape(4, 3, kernel), "w");
        if (fits) store.Verify();
        else Assert.Equal(InputCode.Mismatch, Assert.Throws<InputException>(store.Verify).Code);
    }

    [Fact]
    public void A_tensor_of_integers_is_no_weight()
    {
        using var file = SafetensorsFile.Open(_folder.Write("m.safetensors", RawSafetensors.OneTensor("I64", "2", new byte[16])));
        var store = new WeightStore(_device, file);
        Assert.Equal(InputCode.Unsupported, Assert.Throws<InputException>(() => store.Root.Vector("x", 2)).Code);
    }

    [Fact]
    public void Several_files_read_as_one_and_errors_name_the_right_one()
    {
        using var first = Written(("a", [2]));
        using var second = Written(("b", [3]), ("c", [1]));
        var both = new CombinedWeights([first, second]);
        Assert.Equal(["a", "b", "c"], both.Names.Order());
        Assert.Equal(6, both.Count);
        var store = new WeightStore(_device, both);
        Assert.Equal(first.Values("a"), _device.Download(store.Root.Vector("a", 2)));
        Assert.Equal(second.Values("b"), _device.Download(store.Root.Vector("b", 3)));
        var error = Assert.Throws<InputException>(store.Verify);
        Assert.Equal([$"left over: c [1] in {second.Origin}"], error.Details);
    }

    [Fact]
    public void A_name_in_two_files_is_refused()
    {
        using var first = Written(("a", [2]));
        using var second = Written(("a", [2]));
        var error = Assert.Throws<InputException>(() => new CombinedWeights([first, second]));
        Assert.Contains($"tensor 'a' stands in {first.Origin} too", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Renamed_tensors_are_known_by_their_new_names_only()
    {
        using var file = Written(("query", [2]), ("noise", [3]), ("same", [1]));
        var renamed = new RenamedWeights(file, name => name switch { "query" => "to_q", "noise" => null, _ => name });
        Assert.Equal(["same", "to_q"], renamed.Names.Order());
        Assert.Equal(3, renamed.Count);
        Assert.Null(renamed.FindShape("query", [2]));
        Assert.Null(renamed.FindShape("noise", [3]));
        var store = new WeightStore(_device, renamed);
        Assert.Equal(file.Values("query"), _device.Download(store.Root.Vector("to_q", 2)));
        store.Root.Vector("same", 1);
        store.Verify();
    }

    [Fact]
    public void Parts_of_a_stack_are_one_tensor_and_known_by_its_name_only()
    {
        using var file = Written(("q", [2, 3]), ("k", [1, 3]), ("v", [2, 2]), ("same", [1]));
        var stacked = new StackedWeights(file, new Dictionary<string, IReadOnlyList<string>> { ["qk"] = ["q", "k"], ["kv"] = ["k", "v"] });
        Assert.Equal(["kv", "qk", "same"], stacked.Names.Order());
        Assert.Equal((long[])[3, 3], stacked.FindShape("qk", []));
        Assert.Null(stacked.FindShape("q", []));
        Assert.Null(stacked.FindShape("kv", []));
        var store = new WeightStore(_device, stacked);
        Assert.Equal([.. file.Values("q"), .. file.Values("k")], _device.Download(store.Root.Table("qk", 3, 3)));
        store.Root.Vector("same", 1);
        store.Root.Table("kv", 3, 3);
        Assert.Equal(["missing: kv wanted [3,3]"], Assert.Throws<InputException>(store.Verify).Details);
    }

    [Fact]
    public void Two_tensors_of_one_new_name_are_refused()
    {
        using var file = Written(("query", [2]), ("to_q", [2]));
        var error = Assert.Throws<InputException>(() => new RenamedWeights(file, _ => "to_q"));
        Assert.Contains("are both 'to_q'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_by_formula_fit_any_network()
    {
        var weights = new FormulaWeights();
        var store = new WeightStore(_device, weights);
        float[] got = _device.Download(store.Root.Vector("bias", 40));
        Assert.Equal(FormulaWeights.Input("bias", 40, 0.1), got);
        store.Verify();
    }

    /// <summary>Counts what is read from a file.</summary>
    private sealed class CountingFile(SafetensorsFile file) : IWeightFile, IDisposable
    {
        public int Reads { get; private set; }

        public string Origin => file.Origin;

        public IReadOnlyCollection<string> Names => file.Names;

        public long Count => file.Count;

        public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => file.FindShape(name, wanted);

        public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
        {
            Reads++;
            file.Read(name, shape, values);
        }

        public void Dispose() => file.Dispose();
    }
}
