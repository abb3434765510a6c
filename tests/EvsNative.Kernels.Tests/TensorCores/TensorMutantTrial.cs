using EvsNative.Kernels.Ptx;
using EvsNative.PtxSim;
using Xunit.Sdk;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>A form's kernel on a device of its own, and what becomes of its bugs.</summary>
internal sealed class TensorMutantTrial : IDisposable
{
    // A bug may make a kernel run longer, or for ever.
    private const int MostTimesLonger = 4;

    private readonly TensorMutantDevice _device;
    private readonly PtxEntry _entry;
    private readonly List<(TensorMutantCase Case, long Limit)> _cases = [];

    public TensorMutantTrial(TensorMutantForm form)
    {
        _device = new TensorMutantDevice(form.Caps.Sm, form.Caps.OptInSharedBytes, form.Tile);
        string entry = PtxCompiler.EntryOf(form.Kernel);
        foreach (var one in form.Cases(_device))
        {
            long before = _device.Driver.ExecutedInAll;
            Assert.True(IsRight(one), $"{form}: case {_cases.Count} of the kernel itself is wrong");
            _cases.Add((one, MostTimesLonger * (_device.Driver.ExecutedInAll - before)));
        }

        Text = Assert.Single(_device.Driver.Ran, text => text.Contains($".entry {entry}(", StringComparison.Ordinal));
        _entry = PtxSim.PtxModule.Parse(Text).Entries[0];
    }

    /// <summary>The kernel without bugs.</summary>
    public string Text { get; }

    /// <summary>True if one of the cases comes out wrong.</summary>
    public bool IsNoticed(PtxMutant mutant)
    {
        try
        {
            var entry = Entry(mutant);
            _device.Driver.Replace = text => text == Text ? entry : null;
            return !IsWhole();
        }
        catch (PtxSyntaxException)
        {
            return true;
        }
        finally
        {
            _device.Driver.Replace = _ => null;
        }
    }

    /// <summary>True if all cases come out right: no bug has left anything behind.</summary>
    public bool IsWhole() => _cases.TrueForAll(one =>
    {
        _device.Driver.Limit = one.Limit;
        return IsRight(one.Case);
    });

    // Lines that go, or are no single statement, change the places of all others.
    private PtxEntry Entry(PtxMutant mutant) =>
        (mutant.Change.Length > 0 ? _entry.Changed(mutant.Line + 1, mutant.Change.Trim().TrimEnd(';')) : null)
        ?? PtxSim.PtxModule.Parse(mutant.Text).Entries[0];

    public void Dispose() => _device.Dispose();

    private static bool IsRight(TensorMutantCase one)
    {
        try
        {
            return one.IsRight();
        }
        catch (Exception e) when (e is XunitException or PtxSyntaxException)
        {
            return false;
        }
    }
}
