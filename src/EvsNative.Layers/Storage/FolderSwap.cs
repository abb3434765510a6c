namespace EvsNative.Layers;

/// <summary>
/// Puts a new folder where an old one is, which comes to lie in the workshop, and can undo that. In one step where the system exchanges
/// names, so that something whole is in the place at every moment; else in two, and if the process is killed between them the next run puts
/// the old one back.
/// </summary>
internal sealed class FolderSwap
{
    private readonly Workshop _workshop;
    private readonly OutputPlace _place;
    private readonly bool _isExchanged;

    /// <summary>Does it. If it fails, everything is as it was, or the message says where the old one is.</summary>
    /// <exception cref="IOException">it cannot be done</exception>
    public FolderSwap(Workshop workshop, OutputPlace place)
    {
        (_workshop, _place) = (workshop, place);
        _isExchanged = Exchange();
        if (!_isExchanged) PutAside();
    }

    private static FileSteps Steps => FileSteps.Current;

    /// <summary>Puts the old one back.</summary>
    /// <exception cref="IOException">that cannot be done; the message says where the old one is</exception>
    public void Undo() => Return(() =>
    {
        if (!_isExchanged) Steps.MoveFolder(_place.Target, _workshop.New);
        else if (!Steps.Exchange(_workshop.Aside, _place.Target)) throw new IOException("exchanged once and not again");
        Steps.MoveFolder(_workshop.Aside, _isExchanged ? _workshop.New : _place.Target);
    });

    /// <summary>
    /// The new one is moved aside before: at whatever moment the process is killed, what has this name may be the old one, and is looked
    /// through before it is deleted.
    /// </summary>
    private bool Exchange()
    {
        Steps.MoveFolder(_workshop.New, _workshop.Aside);
        bool isDone = false;
        try
        {
            isDone = Steps.Exchange(_workshop.Aside, _place.Target);
        }
        finally
        {
            if (!isDone) Steps.MoveFolder(_workshop.Aside, _workshop.New);
        }

        return isDone;
    }

    private void PutAside()
    {
        Steps.MoveFolder(_place.Target, _workshop.Aside);
        try
        {
            Steps.MoveFolder(_workshop.New, _place.Target);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            Return(() => Steps.MoveFolder(_workshop.Aside, _place.Target));
            throw;
        }
    }

    /// <summary>If somebody has taken the place meanwhile, then at least it is said where the old folder is.</summary>
    private void Return(Action move)
    {
        try
        {
            move();
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            _workshop.Stays = true;
            throw new IOException($"what stood there is now in {_workshop.Aside}, move it back by hand", e);
        }
    }
}
