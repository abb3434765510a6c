using EvsNative.PtxSim;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>What became of the bugs of a form.</summary>
/// <param name="Form">whose</param>
/// <param name="Elsewhere">bugs that stand alike in a form before it, and were tried there</param>
/// <param name="Noticed">bugs that a call noticed</param>
/// <param name="Harmless">bugs that no call noticed, and the rows that say why</param>
/// <param name="Survivors">bugs that nobody noticed or explains, a line for each</param>
internal sealed record TensorMutantResult(
    TensorMutantForm Form, int Elsewhere, int Noticed, IReadOnlyList<TensorHarmless> Harmless, IReadOnlyList<string> Survivors)
{
    // What an instruction does to a kernel follows from what is around it; so much makes places of forms alike or not.
    private const int Neighbours = 10;

    /// <summary>Tries bugs of forms of one kernel, one form after the other.</summary>
    /// <param name="forms">of a kernel</param>
    /// <param name="choose">which bugs of a form are tried</param>
    /// <param name="believes">Bugs that are named as harmless are not tried. It takes long to see that nobody notices one.</param>
    /// <param name="log">keeps what was found, and tells what was found before; null to begin anew and keep nothing</param>
    public static IEnumerable<TensorMutantResult> Of(
        IEnumerable<TensorMutantForm> forms, Func<IReadOnlyList<PtxMutant>, IEnumerable<PtxMutant>> choose, bool believes = false,
        TensorMutantLog? log = null)
    {
        TensorMutantPlaces all = new([], []);
        foreach (var form in forms)
        {
            var places = new TensorMutantPlaces([], []);
            if (log?.Find(form, places) is not { } result)
            {
                result = Of(form, choose, believes, all, places);
                log?.Add(result, places);
            }

            all.Noticed.UnionWith(places.Noticed);
            all.Harmless.UnionWith(places.Harmless);
            yield return result;
        }
    }

    /// <param name="form">whose bugs are tried</param>
    /// <param name="choose">which of them</param>
    /// <param name="believes">those that are named as harmless are not</param>
    /// <param name="before">places of bugs in other forms</param>
    /// <param name="own">gets those of this form</param>
    private static TensorMutantResult Of(
        TensorMutantForm form, Func<IReadOnlyList<PtxMutant>, IEnumerable<PtxMutant>> choose, bool believes,
        TensorMutantPlaces before, TensorMutantPlaces own)
    {
        using var trial = new TensorMutantTrial(form);
        var origins = new PtxOrigins(trial.Text.Split('\n'));
        List<string> survivors = [];
        List<ulong> noticed = [];
        List<TensorHarmless> rows = [];
        int elsewhere = 0;
        foreach (var mutant in choose([.. PtxMutants.Of(trial.Text)]))
        {
            ulong place = TensorMutantPlaces.Of($"{mutant.Kind}: {mutant.Place(Neighbours)}");
            string line = origins.Of(mutant.Line);
            var row = TensorHarmless.Of(form.Kernel, mutant.Kind, line);
            if (before.Noticed.Contains(place) || (row is not null && before.Harmless.Contains(place))) elsewhere++;
            else if (!(believes && row is not null) && trial.IsNoticed(mutant)) noticed.Add(place);
            else if (row is null) survivors.Add($"{form}: {mutant.Description}; {line}");
            else
            {
                own.Harmless.Add(place);
                rows.Add(row);
            }
        }

        Assert.True(trial.IsWhole(), $"{form}: wrong after its bugs are gone");
        own.Noticed.UnionWith(noticed);
        return new TensorMutantResult(form, elsewhere, noticed.Count, rows, survivors);
    }
}
