package graph

import (
	"context"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/vikstrous/dataloadgen"

	"postrider/intake"
)

// staffLoaders ask intake for what is no row. Only fields that are staff's, or of a
// row that the viewer may see, use them.
type staffLoaders struct {
	proposals       *dataloadgen.Loader[uuid.UUID, []intake.Proposal]
	waitingWords    *dataloadgen.Loader[int64, []*intake.WaitingWord]
	takenOfCampaign *dataloadgen.Loader[int64, int] // for the campaign's affiliate too
	takenOfOffer    *dataloadgen.Loader[int64, int]
}

func newStaffLoaders(in *intake.Intake, wait time.Duration) staffLoaders {
	return staffLoaders{
		proposals: dataloadgen.NewMappedLoader(func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]intake.Proposal, error) {
			found, err := in.Propose(ctx, ids)
			if err != nil {
				return nil, err
			}
			all := make(map[uuid.UUID][]intake.Proposal, len(ids))
			for _, id := range ids {
				all[id] = found[id] // nothing where it is attributed
			}
			return all, nil
		}, dataloadgen.WithWait(wait)),
		waitingWords:    many(wait, in.WaitingWords, func(w *intake.WaitingWord) int64 { return w.SourceID }),
		takenOfCampaign: dataloadgen.NewMappedLoader(in.TakenOfCampaigns, dataloadgen.WithWait(wait)),
		takenOfOffer:    dataloadgen.NewMappedLoader(in.TakenOfOffers, dataloadgen.WithWait(wait)),
	}
}
