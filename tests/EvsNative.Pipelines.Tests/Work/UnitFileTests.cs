using EvsNative.Models.Evs;
using EvsNative.Pipelines.Work;

namespace EvsNative.Pipelines.Tests.Work;

/// <summary>A result in a file is whole, of its unit, or not there.</summary>
public sealed class UnitFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public void What_was_written_is_read(int length)
    {
        byte[] result = Written(length), read = new byte[length];
        Assert.True(UnitFile.TryRead(_folder["a"], "name", read));
        Assert.Equal(result, read);
        Assert.True(UnitFile.LooksWhole(_folder["a"]));
        Assert.Equal(["a"], _folder.Names());
    }

    [Fact]
    public void A_file_of_another_unit_or_length_counts_as_not_there()
    {
        Written(100);
        Assert.False(UnitFile.TryRead(_folder["a"], "other", new byte[100]));
        Assert.False(UnitFile.TryRead(_folder["a"], "name", new byte[99]));
        Assert.False(UnitFile.TryRead(_folder["a"], "name", new byte[101]));
        Assert.False(UnitFile.TryRead(_folder["b"], "name", new byte[100]));
        Assert.False(UnitFile.LooksWhole(_folder["b"]));
    }

    [Fact]
    public void Every_changed_byte_and_every_cut_is_noticed()
    {
        Written(40);
        byte[] whole = File.ReadAllBytes(_folder["a"]);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] changed = [.. whole];
            changed[i] ^= 4;
            File.WriteAllBytes(_folder["a"], changed);
            Assert.False(UnitFile.TryRead(_folder["a"], "name", new byte[40]), $"byte {i}");
            File.WriteAllBytes(_folder["a"], whole[..i]);
            Assert.False(UnitFile.TryRead(_folder["a"], "name", new byte[40]), $"cut at {i}");
            Assert.False(UnitFile.LooksWhole(_folder["a"]), $"cut at {i}");
        }
    }

    [Theory]
    [InlineData(UnitKind.Encoded, 0, 0, false, 0, 16)]
    [InlineData(UnitKind.Predicted, 2, 17, true, 2992, 8)]
    [InlineData(UnitKind.State, 1, 3, false, 0, 64)]
    [InlineData(UnitKind.Decoded, 0, 0, false, 5, 1)]
    public void Names_are_read_back(UnitKind kind, int stage, int step, bool isClimbing, int first, int count)
    {
        var unit = new WorkUnit(kind, stage, step, isClimbing, first, count);
        Assert.True(WorkUnitName.TryParse($"{unit}", out var read));
        Assert.Equal(unit, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("state")]
    [InlineData("state-1-down-3-0")]
    [InlineData("state-1-left-3-0-4")]
    [InlineData("state-1-down-+3-0-4")]
    [InlineData("other-1-down-3-0-4")]
    [InlineData("state-1-down-3-0-99999999999")]
    public void Other_names_are_no_units(string name) => Assert.False(WorkUnitName.TryParse(name, out _));

    private byte[] Written(int length)
    {
        byte[] result = new byte[length];
        new Random(length).NextBytes(result);
        UnitFile.Write(_folder["a"], "name", result, _folder["a.tmp"]);
        return result;
    }
}
